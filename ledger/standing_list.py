"""The list of what was decided about persons, which outlasts the log it is of.

A backup brings back who was erased after it was made. This list tells whom: one
line for each entry about a person's standing, durable before it is carried out.
Let it lie where the loss of a home does not reach it. Nothing in it is personal:
a person is a pseudonym, which says nothing to who has no key.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Self
from uuid import UUID

import msgspec

from ledger.application import Ledger
from ledger.entry import EVENT_NAMES, Entry, Event
from ledger.errors import HomeUnusable
from ledger.subject_events import SUBJECT_EVENTS

_PAGE = 500
_TOPICS = tuple(SUBJECT_EVENTS)
_RECORDED = (
    "SELECT rowid FROM stored_events WHERE rowid > ? AND rowid <= ?"
    f" AND topic IN ({', '.join('?' * len(_TOPICS))}) ORDER BY rowid"
)


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One entry about how a person's data stand; `event` are its fields, by name."""

    position: int
    name: str
    stream: UUID
    subject: str
    event: dict[str, str]
    effective_at: datetime
    legal_basis: str | None = None

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Return what is listed of `entry`."""
        return cls(
            position=entry.position,
            name=EVENT_NAMES[type(entry.event)],
            stream=entry.stream,
            subject=entry.subject or "",
            event=msgspec.to_builtins(entry.event),
            effective_at=entry.effective_at,
            legal_basis=entry.legal_basis,
        )

    @property
    def recorded(self) -> Event:
        """The event itself."""
        return msgspec.convert(self.event, SUBJECT_EVENTS[self.name])


class StandingList:
    """The list in one file; used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._listed: int | None = None

    def catch_up(self, ledger: Ledger) -> None:
        """Append what the log tells and the list does not, durably.

        Where nothing is listed yet, its place is tried all the same. Raises `HomeUnusable`
        where it cannot be kept, or tells of more than the log: then the log was put back
        to an earlier state, and persons who were erased are there again.
        """
        head = ledger.recorder.max_notification_id() or 0
        try:
            if self._listed is None or not self._path.exists():
                os.close(self._begun())
                self._listed = self._compared(ledger, head)
            new = list(listed_in(ledger, self._listed, head))
            if new:
                self._append(new)
        except OSError as error:
            raise HomeUnusable(
                f"the list of erasures, {self._path}, cannot be kept: {error.strerror}; let"
                " TONGBAN_ERASURES name a file that can be written, in a folder that is there"
            ) from error
        self._listed = head

    def _begun(self) -> int:
        """Open or make the file, so that a place that cannot hold it is found out at once."""
        return os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)

    def _compared(self, ledger: Ledger, head: int) -> int:
        told = read_listed(self._path)
        last = max((each.position for each in told), default=0)
        if told and (last > head or told != list(listed_in(ledger, 0, last))):
            raise HomeUnusable(
                f"{self._path.name} tells of persons who were restricted or erased, and this"
                " log does not: it was put back to an earlier state; let `tongban restore`"
                " repeat that (--erasures), and put the list aside then"
            )
        return last

    def _append(self, new: list[Listed]) -> None:
        lines = b"".join(msgspec.json.encode(each) + b"\n" for each in new)
        descriptor = self._begun()
        try:
            # What was cut short is written again.
            whole = os.pread(descriptor, os.fstat(descriptor).st_size, 0).rfind(b"\n") + 1
            os.ftruncate(descriptor, whole)
            os.pwrite(descriptor, lines, whole)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def read_listed(path: Path) -> list[Listed]:
    """Return what the list in `path` tells; a line that was cut short is left out.

    Raises `HomeUnusable` where it is no such list.
    """
    try:
        *lines, _ = path.read_bytes().split(b"\n")
        return [msgspec.json.decode(line, type=Listed) for line in lines]
    except (OSError, msgspec.MsgspecError) as error:
        raise HomeUnusable(f"{path.name} is no list of erasures") from error


def listed_in(ledger: Ledger, after: int, until: int) -> Iterator[Listed]:
    """Yield what the log holds of persons' standing beyond `after`, up to `until`."""
    rows = ledger.recorder.rows(_RECORDED, after, until, *_TOPICS)
    for (position,) in rows:
        [entry] = ledger.read(position - 1, until=position)
        yield Listed.of(entry)
