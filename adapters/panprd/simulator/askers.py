"""Whom the simulated region answers: askers named at its start, and nobody else.

An asker is named by its root, and its keys come from the set that the root signed:
from a file, or from the URL it was started with when its first request arrives, so
that the two may start in any order.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import ClientSession

from adapters.panprd.client import PartnerClient
from identity.errors import ProviderUnavailable, TokenRefused
from identity.key_set import read_key_set, root_record
from identity.trust import Trust


@dataclass(frozen=True, slots=True)
class Source:
    """An asker's root, and the file or URL its signed key set is had from."""

    root: bytes
    place: str

    @property
    def is_url(self) -> bool:
        return urlsplit(self.place).scheme in ("http", "https")


class Askers:
    """The trust that grows as the asker behind each URL is first heard from."""

    def __init__(
        self,
        sources: Mapping[str, Source],
        session: ClientSession,
        clock: Callable[[], datetime],
    ) -> None:
        self._session = session
        self._clock = clock
        self._waiting = {name: each for name, each in sources.items() if each.is_url}
        self._missed: set[str] = set()
        self._sources = sources
        self._trust = Trust({}, self._missed.add)
        for name, source in sources.items():
            if not source.is_url:
                self._take(name, source, Path(source.place).read_bytes())

    async def trust(self) -> Trust:
        """Return the keys of every asker that can be had, fetching what is missing."""
        again = {name: self._sources[name] for name in self._missed}
        again = {name: each for name, each in again.items() if each.is_url}
        self._missed.clear()
        for name, source in {**self._waiting, **again}.items():
            try:
                token = await PartnerClient(source.place, self._session).signed_keys()
                self._take(name, source, token)
            except (ProviderUnavailable, TokenRefused):
                continue
            self._waiting.pop(name, None)
        return self._trust

    @property
    def incomplete(self) -> bool:
        """Say whether some asker's keys could not be had yet."""
        return bool(self._waiting)

    def _take(self, name: str, source: Source, token: bytes) -> None:
        roots = [root_record(source.root)]
        keys = read_key_set(token, issuer=name, roots=roots, now=self._clock())
        self._trust.put(name, keys.records)
