"""What a partner's signed key set says of its log, and of the key it cosigns ours with.

Nobody writes these down a second time: whoever is a partner is watched, and asked to
watch us. Logs and witnesses that stand in the operator's files come on top.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from cose import KeyRecord
from identity.errors import TokenRefused
from ledger.transparency import (
    CHECKPOINT,
    LOG,
    WITNESS,
    LogKeys,
    NoteKey,
    is_name,
    note_keys_in,
)
from service.cosigning import Neighbour

WITNESS_USE: Final = "cosignature/v1"
"""The use of a key that cosigns other logs (C2SP cosignature)."""


class Set(Protocol):
    """Of a key set, what is needed here."""

    @property
    def origin(self) -> str: ...
    @property
    def records(self) -> tuple[KeyRecord, ...]: ...


class PartnerLogs:
    """The logs of partners: `sets` gives their key sets by region, `urls` where they are."""

    def __init__(
        self,
        own: str,
        sets: Callable[[], Mapping[str, Set]],
        urls: Callable[[], Mapping[str, str]],
    ) -> None:
        """`own` is the origin of our log, which no other may claim."""
        self._own = own
        self._sets = sets
        self._urls = urls
        self._neighbours: dict[tuple[NoteKey, str], Neighbour] = {}

    def keys(self, region: str) -> LogKeys:
        """Return the keys of a partner's log, or raise `TokenRefused` where we know of none."""
        found = self._sets().get(region)
        if found is None:
            raise TokenRefused("evidence: this region's log is not known here")
        return LogKeys(found.origin, found.records)

    def watched(self, origin: str) -> tuple[NoteKey, ...] | None:
        """Return the keys that may sign heads of `origin`, if it is a partner's log."""
        for found in self._claimed().values():
            if found.origin == origin:
                return tuple(note_keys_in(found.records, CHECKPOINT, origin, LOG))
        return None

    def neighbours(self) -> Sequence[Neighbour]:
        """Return the partners as witnesses of ours, each with what it cosigned last."""
        urls = self._urls()
        return [
            self._neighbours.setdefault((key, urls[region]), Neighbour(key, urls[region]))
            for region in self._claimed()
            if region in urls
            for key in self.witnesses(region)
        ]

    def witnesses(self, region: str) -> tuple[NoteKey, ...]:
        """Return the keys that a partner cosigns with."""
        found = self._claimed().get(region)
        return () if found is None else witness_keys(found)

    def _claimed(self) -> dict[str, Set]:
        """The sets whose origin is nobody else's: or one log could sign heads for another."""
        sets = {name: found for name, found in self._sets().items() if is_name(found.origin)}
        claims = Counter([self._own, *(found.origin for found in sets.values())])
        return {region: each for region, each in sets.items() if claims[each.origin] == 1}


def witness_keys(of: Set) -> tuple[NoteKey, ...]:
    """Return the keys that a region cosigns other logs with."""
    return tuple(note_keys_in(of.records, WITNESS_USE, f"{of.origin}/witness", WITNESS))
