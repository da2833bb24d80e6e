"""Revoking tokens and ending sessions: what is recorded of it, and the lists it makes.

A status list is the fold of its stream: what is revoked once stays revoked.
"""

from collections.abc import Iterable
from uuid import UUID

from ledger.actor import Actor
from ledger.application import Ledger
from ledger.draft import Draft
from ledger.entry import Entry
from ledger.errors import CommandRejected
from ledger.revocation_events import (
    RevocationEvent,
    SessionEnded,
    SubjectSessionsEnded,
    TokenRevoked,
    ended_sessions_id,
    list_id,
)

LIST_BITS = 16
"""A list has the tokens of this many positions: 65,536, in two to this power."""


def place_of(position: int) -> tuple[str, int]:
    """Return the list, and the index in it, of a token whose entry is at `position`."""
    return str(position >> LIST_BITS), position & (1 << LIST_BITS) - 1


class Revocations:
    """Records what counts no more in one ledger, and tells it."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def revoke(self, list: str, index: int, *, reason: str, actor: Actor) -> Entry:
        """Record that a token of ours is not to be relied on; once more changes nothing.

        Raises `CommandRejected` for one that was never issued.
        """
        if not _is_number(list):
            raise CommandRejected("lists of tokens are named by numbers, from 0")
        position = (int(list) << LIST_BITS) + index
        if not 0 <= index < 1 << LIST_BITS or not 0 < position <= self._ledger.head:
            raise CommandRejected("no token was ever issued for this place of the list")
        event = TokenRevoked(list=list, index=index, reason=reason)
        return self._record(list_id(list), event, actor, same=("index",))

    def end_session(self, session: str, *, reason: str, actor: Actor) -> Entry:
        """Record that the session with this id, in hexadecimal, counts no more."""
        event = SessionEnded(session=session, reason=reason)
        return self._record(self._today(), event, actor, same=("session",))

    def end_sessions_of(self, subject: str, *, reason: str, actor: Actor) -> Entry:
        """Record that no session of `subject` counts that was opened before now."""
        event = SubjectSessionsEnded(subject=subject, reason=reason)
        return self._record(self._today(), event, actor)

    def of_list(self, name: str) -> frozenset[int] | None:
        """Return the revoked places of a list, or `None` if there is no such list yet."""
        is_number = name.isdecimal() and name.isascii() and len(name) <= 12
        if (
            not is_number
            or str(int(name)) != name
            or int(name) > self._ledger.head >> LIST_BITS
        ):
            return None
        events = (entry.event for entry in self._ledger.entries(list_id(name), opened=False))
        return frozenset(each.index for each in events if isinstance(each, TokenRevoked))

    def _today(self) -> UUID:
        return ended_sessions_id(self._ledger.now().date())

    def _record(
        self, stream: UUID, event: RevocationEvent, actor: Actor, same: Iterable[str] = ()
    ) -> Entry:
        """Append `event`, unless one is there already whose fields `same` are the same."""
        wanted = {name: getattr(event, name) for name in same}

        def job(draft: Draft) -> Entry:
            entries = [
                *self._ledger.entries(stream, opened=False),
                *(entry for entry in draft.entries if entry.stream == stream),
            ]
            for entry in entries:
                found = {name: getattr(entry.event, name, None) for name in wanted}
                if wanted and found == wanted:
                    return entry
            now = self._ledger.now()
            new = Entry(
                stream=stream,
                version=len(entries) + 1,
                event=event,
                recorded_at=now,
                effective_at=now,
                actor=actor,
            )
            return draft.add([new], [])[0]

        return self._ledger.write(job)


def _is_number(name: str) -> bool:
    """Say whether `name` is a whole number, written in the one way there is."""
    digits = name.isdecimal() and name.isascii() and len(name) <= 12
    return digits and str(int(name)) == name
