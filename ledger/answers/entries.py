"""Entries of a case: as they were written, as a timeline, and by what they changed."""

from typing import Any, TypedDict
from uuid import UUID

from ledger.actor import Channel, Role
from ledger.answers.cases import CaseState, ImportedState, Moment, Position


class ShownCase(TypedDict):
    """A case of ours as it stands, or stood."""

    case: CaseState


class ShownImported(TypedDict):
    """A case of another system as it stands, or stood."""

    case: ImportedState


class Place(TypedDict):
    """Which entry it was."""

    version: int
    position: Position
    event: str
    effective_at: Moment
    recorded_at: Moment
    role: Role


class ShownEntry(Place):
    """An entry; personal `fields` are open, or one word that says why they are not."""

    source_recorded_at: Moment | None
    actor: str
    principal: str
    authority: str | None
    channel: Channel
    legal_basis: str | None
    item: str | None
    item_version: int | None
    fields: dict[str, Any]


class Replayed(ShownCase):
    """A case as it stood, and the entries that made it so."""

    entries: list[ShownEntry]


class ReplayedImported(ShownImported):
    """The same of a case of another system."""

    entries: list[ShownEntry]


class TimelineRow(TypedDict):
    """One entry; `details` are the fields of it that are not personal."""

    id: UUID
    version: int
    position: Position
    event: str
    role: Role
    actor: str
    principal: str
    channel: Channel
    legal_basis: str | None
    effective_at: Moment
    recorded_at: Moment
    source_recorded_at: Moment | None
    details: dict[str, Any]


class ShownTimeline(TypedDict):
    """What happened to a case, in order."""

    case_id: UUID
    timeline: list[TimelineRow]


class Changed(TypedDict):
    """What became of one path of a case; null is nothing there."""

    path: str
    old: Any
    new: Any


class ShownStep(Place):
    """An entry, and what it changed."""

    changes: list[Changed]


class Steps(TypedDict):
    """Every entry of a case with what it changed."""

    case_id: UUID
    steps: list[ShownStep]


class OneStep(TypedDict):
    """One entry with what it changed, and everything as it left it, by path."""

    case_id: UUID
    step: ShownStep
    values: dict[str, Any]


class LastChanged(Changed):
    """What became of one path, and the entry that changed it last."""

    entry: Place


class Difference(TypedDict):
    """What became of a case between two points; a version is null before there was one."""

    case_id: UUID
    from_version: int | None
    to_version: int | None
    changes: list[LastChanged]
