"""Revoking tokens and ending sessions: what is recorded of it, and the lists it makes.

A status list is the fold of its stream: what is revoked once stays revoked.
"""

import threading
from dataclasses import dataclass
from uuid import UUID

from ledger.actor import Actor
from ledger.application import Ledger
from ledger.code_events import CodeIssued
from ledger.draft import Draft
from ledger.entry import Entry
from ledger.errors import CommandRejected
from ledger.once import Once
from ledger.revocation_events import (
    RevocationEvent,
    SessionEnded,
    SubjectSessionsEnded,
    TokenRevoked,
    ended_sessions_id,
    list_id,
)
from ledger.streams import next_entry
from ledger.verification_events import VerificationAnswered

LIST_BITS = 16
"""A list has the tokens of this many positions: 65,536, in two to this power."""


def place_of(position: int) -> tuple[str, int]:
    """Return the list, and the index in it, of a token whose entry is at `position`."""
    return str(position >> LIST_BITS), position & (1 << LIST_BITS) - 1


class Revocations:
    """Records what counts no more in one ledger, and tells it."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lists: dict[str, _Known] = {}
        self._lock = threading.Lock()

    def check_issued(self, list: str, index: int) -> None:
        """Raise `CommandRejected` unless the entry at this place records a token of ours."""
        position = self._position(list, index)
        entry = next(self._ledger.read(position - 1, until=position))
        if not isinstance(entry.event, VerificationAnswered | CodeIssued):
            raise CommandRejected(_NEVER_ISSUED)

    def revoke(self, list: str, index: int, *, reason: str, actor: Actor) -> Entry:
        """Record that a token of ours is not to be relied on; once more changes nothing.

        Raises `CommandRejected` for a place that the log has not reached.
        """
        position = self._position(list, index)
        event = TokenRevoked(list=list, index=index, reason=reason)
        return self._record(list_id(list), event, actor, Once.of(f"revoked:{position}"))

    def end_session(
        self, session: str, *, reason: str, actor: Actor, verification: str | None = None
    ) -> Entry:
        """Record that the session with this id, in hexadecimal, counts no more.

        With the `verification` it came of, nor does that open another.
        """
        event = SessionEnded(session=session, reason=reason, verification=verification)
        return self._record(self._today(), event, actor, Once.of(f"ended:{session}"))

    def end_sessions_of(self, subject: str, *, reason: str, actor: Actor) -> Entry:
        """Record that no session of `subject` counts that was opened before now."""
        event = SubjectSessionsEnded(subject=subject, reason=reason)
        return self._record(self._today(), event, actor)

    def of_list(self, name: str) -> frozenset[int] | None:
        """Return the revoked places of a list, or `None` if there is no such list yet.

        Only what was recorded since it was last asked for is read.
        """
        if not _is_number(name) or int(name) > self._ledger.head >> LIST_BITS:
            return None
        with self._lock:
            known = self._lists.get(name, _Known())
            new = self._ledger.entries_beyond(list_id(name), known.version)
            if new:
                added = {e.event.index for e in new if isinstance(e.event, TokenRevoked)}
                known = _Known(version=new[-1].version, places=known.places | added)
            self._lists[name] = known
            return known.places

    def _position(self, list: str, index: int) -> int:
        """Return where the log records what has this place, or raise `CommandRejected`."""
        if not _is_number(list):
            raise CommandRejected("lists of tokens are named by numbers, from 0")
        position = (int(list) << LIST_BITS) + index
        if not 0 <= index < 1 << LIST_BITS or not 0 < position <= self._ledger.head:
            raise CommandRejected(_NEVER_ISSUED)
        return position

    def _today(self) -> UUID:
        return ended_sessions_id(self._ledger.now().date())

    def _record(
        self, stream: UUID, event: RevocationEvent, actor: Actor, once: Once | None = None
    ) -> Entry:
        """Append `event`, or return the entry with which `once` was used before."""
        once_keys = [] if once is None else [once]

        def job(draft: Draft) -> Entry:
            used = None if once is None else draft.used_for(once.key)
            if used is not None:
                return self._at(draft, used.first)
            new = next_entry(self._ledger, draft, stream, event, actor)
            return draft.add([new], once_keys)[0]

        return self._ledger.write(job, keys=[each.key for each in once_keys])

    def _at(self, draft: Draft, position: int) -> Entry:
        drafted = (entry for entry in draft.entries if entry.position == position)
        return next(drafted, None) or next(self._ledger.read(position - 1, until=position))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What was read of a list, up to a version of its stream."""

    version: int = 0
    places: frozenset[int] = frozenset()


def _is_number(name: str) -> bool:
    """Say whether `name` is a whole number, written in the one way there is."""
    digits = name.isdecimal() and name.isascii() and len(name) <= 12
    return digits and str(int(name)) == name


_NEVER_ISSUED = "no token was ever issued for this place of the list"
