"""Everything that is held of one person: where it is, and all of it as one file."""

import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from io import RawIOBase
from itertools import chain
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import msgspec
from sqlite_utils import Database

from ledger.application import Ledger
from ledger.draft import Draft
from ledger.entry import Entry
from ledger.errors import NotAllowed, ViewBehind
from ledger.events import CASE_EVENTS
from ledger.personal import Hidden
from ledger.ports import Materials, StoredMaterial
from ledger.projections.holdings import Holdings, persons_in
from ledger.projections.view import position, view_in
from ledger.streams import entries_of
from ledger.subject_events import Standing, subject_id

_ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
_PIECE = 64 * 1024
_FAR = 10_000
_MADE = (1980, 1, 1, 0, 0, 0)


class Show(Protocol):
    """How an entry is shown, its personal fields told as `hidden`, if they are."""

    def __call__(self, entry: Entry, *, hidden: Hidden | None) -> dict[str, Any]: ...


def streams_of(folder: Path, subject: str) -> list[UUID]:
    """Return the streams that hold something of `subject`, as the view in `folder` knows."""
    with closing(view_in(folder, Holdings.name)) as db:
        return _held(db, subject)


def streams_at(ledger: Ledger, folder: Path, subject: str, draft: Draft) -> list[UUID]:
    """Return the same for a job that adds to `draft`: none is missing, however new.

    Raises `ViewBehind` where the view does not know how the person stands, or is so far
    behind that nobody else could write meanwhile.
    """
    standing = ledger.entries(subject_id(subject), opened=False)
    with closing(view_in(folder, Holdings.name)) as db:
        known = position(db)
        if known < (standing[-1].position if standing else 0):
            raise ViewBehind("the view of holdings is behind; try again")
        streams = _held(db, subject)
    newer = (each for each in unseen(ledger, known, draft) if subject in persons_in(each))
    return list(dict.fromkeys([*streams, *(each.stream for each in newer)]))


def unseen(ledger: Ledger, position: int, draft: Draft) -> Iterator[Entry]:
    """Yield, for a job, what a view that reached `position` does not know, sealed.

    That is the end of the log, and what jobs before it add to `draft`. Raises
    `ViewBehind` where it is more than a job may read while nobody else writes.
    """
    durable = draft.head - len(draft.entries)
    if durable - position > _FAR:
        raise ViewBehind("the views are far behind the log; try again later")
    yield from ledger.read(position, until=durable)
    yield from draft.entries


def cases_of(ledger: Ledger, folder: Path, subject: str, draft: Draft) -> Iterator[UUID]:
    """Yield, for a job, those of the person's streams that are cases of ours: all of them.

    Raises what `streams_at` raises.
    """
    kinds = CASE_EVENTS.values()
    for stream in streams_at(ledger, folder, subject, draft):
        entries = entries_of(ledger, stream, draft)
        if entries and type(entries[0].event) in kinds:
            yield stream


def subject_copy(
    ledger: Ledger,
    materials: Materials,
    streams: Iterable[UUID],
    subject: str,
    *,
    show: Show,
    made_at: datetime,
) -> Iterator[bytes]:
    """Give a ZIP of all that is held of `subject`: `entries.json`, and `materials/`.

    Every entry of `streams` that is about them is in it, as `show` shows it, and every
    material, also one that no case names. No key is, and what is sealed for somebody
    else stays sealed: a mandate holds an enterprise's number. Raises `NotAllowed` for
    who was erased, also where that is not carried out yet.
    """
    if ledger.standing(subject) is Standing.ERASED:
        raise NotAllowed("this person was erased; there is nothing to copy")
    return _pieces(ledger, materials, streams, subject, show=show, made_at=made_at)


def _pieces(
    ledger: Ledger,
    materials: Materials,
    streams: Iterable[UUID],
    subject: str,
    *,
    show: Show,
    made_at: datetime,
) -> Iterator[bytes]:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        held = [materials.describe(subject, digest) for digest in materials.digests(subject)]
        files = {each.digest: _name(each) for each in held}
        with archive.open(zipfile.ZipInfo("entries.json", _MADE), "w") as file:
            head = {
                "subject": subject,
                "standing": ledger.standing(subject),
                "made_at": made_at,
                "position": ledger.head,
                "materials": [
                    msgspec.to_builtins(each) | {"file": files[each.digest]} for each in held
                ],
            }
            file.write(msgspec.json.encode(head)[:-1] + b',"entries":[')
            comma = b""
            for shown in _about(ledger, streams, subject, show):
                file.write(comma + msgspec.json.encode(shown))
                comma = b",\n"
                yield from pipe.taken(_PIECE)
            file.write(b"]}\n")
        for digest, name in files.items():
            with archive.open(zipfile.ZipInfo(name, _MADE), "w") as file:
                for frame in materials.read(subject, digest):
                    file.write(frame)
                    yield from pipe.taken(_PIECE)
    yield from pipe.taken()


def _about(
    ledger: Ledger, streams: Iterable[UUID], subject: str, show: Show
) -> Iterator[dict[str, Any]]:
    """Yield those entries of `streams` that are about `subject`, as they are shown."""
    for entry in chain.from_iterable(map(ledger.entries, streams)):
        about = persons_in(entry)
        # Some streams are about many: messages to one region, sessions ended.
        if not about or subject in about:
            theirs = entry.subject in (None, subject)
            hidden = None if theirs else Hidden.SEALED
            yield {"stream": entry.stream, **show(entry, hidden=hidden)}


def _held(db: Database, subject: str) -> list[UUID]:
    sql = "SELECT stream FROM held WHERE subject = ? ORDER BY stream"
    return [UUID(hex=row[0]) for row in db.execute(sql, (subject,)).fetchall()]


def _name(material: StoredMaterial) -> str:
    return f"materials/{material.digest}.{_ENDINGS.get(material.media_type, 'bin')}"


class _Pipe(RawIOBase):
    """A file that is only written, whose content is taken away as it comes."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pending += data
        return len(data)

    def taken(self, least: int = 1) -> Iterator[bytes]:
        if len(self._pending) >= least:
            yield bytes(self._pending)
            self._pending.clear()
