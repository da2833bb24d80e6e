"""Whom the simulated region answers: askers named at its start, and nobody else.

An asker's keys come from a file, or from the URL it was started with when its
first request arrives, so that the two may start in any order.
"""

from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import ClientSession

from adapters.panprd.client import PartnerClient
from identity.errors import ProviderUnavailable, TokenRefused
from identity.trust import Trust, decode_keys


class Askers:
    """The trust that grows as the asker behind each URL is first heard from."""

    def __init__(self, sources: dict[str, str], session: ClientSession) -> None:
        self._session = session
        self._waiting = {name: url for name, url in sources.items() if _is_url(url)}
        self._trust = Trust(
            {
                name: decode_keys(Path(path).read_bytes())
                for name, path in sources.items()
                if not _is_url(path)
            }
        )

    async def trust(self) -> Trust:
        """Return the keys of every asker that can be had, fetching those not fetched yet."""
        for name, url in list(self._waiting.items()):
            with suppress(ProviderUnavailable, TokenRefused):
                keys = decode_keys(await PartnerClient(url, self._session).keys())
                self._trust = self._trust.with_issuer(name, keys)
                self._waiting.pop(name, None)
        return self._trust

    @property
    def incomplete(self) -> bool:
        """Say whether some asker's keys could not be had yet."""
        return bool(self._waiting)


def _is_url(source: str) -> bool:
    return urlsplit(source).scheme in ("http", "https")
