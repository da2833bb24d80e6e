"""What happened in a case, in the terms of OCEL 2.0.

An event is an entry that counts; its time is when it took effect, and when it was
recorded is an attribute. Persons are told by their pseudonym and nothing else.
"""

from collections.abc import Iterator
from typing import Final

from ledger.actor import OWN, Actor
from ledger.case import Case
from ledger.entry import Entry
from ledger.events import (
    AcceptedWithTolerance,
    ApplicationReceived,
    CommitmentSigned,
    CorrectionRequested,
    CorrectionSubmitted,
    SupplementSubmitted,
    ToleranceLapsed,
)
from ledger.exporting.fields import as_text, texts
from ledger.exporting.model import Event, Links
from ledger.exporting.selecting import ToldCase
from ledger.history_events import FactRecorded
from ledger.projections.folds import State
from ledger.projections.times import to_text

SAID_OF_MATERIALS: Final = {
    ApplicationReceived: "submitted",
    CorrectionRequested: "asked for",
    CorrectionSubmitted: "submitted",
    SupplementSubmitted: "submitted",
    CommitmentSigned: "replaced by a commitment",
    AcceptedWithTolerance: "deferred",
    ToleranceLapsed: "lapsed",
}
_ENTRYS_OWN = (
    "position", "case_version", "recorded_at", "source_recorded_at", "actor_role", "actor_id",
    "actor_authority", "channel", "legal_basis",
)  # fmt: skip


def events_of(case: ToldCase) -> Iterator[Event]:
    """Yield what happened in a case, in the order it was recorded."""
    for entry in case.happened:
        yield Event(
            id=f"entry:{entry.position}",
            type=_type(case, entry),
            time=to_text(entry.effective_at),
            attributes=dict(_attributes(entry)),
            objects=_first_of_each(links(case.state, entry)),
        )


def links(state: State, entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield the id of each object that `entry` is about, and as what; the first counts.

    Tools keep one qualifier for two that are linked, so none has a second.
    """
    event = entry.event
    yield case_id(state), "of"
    yield from _who(entry.actor)
    if entry.subject is not None and isinstance(state, Case):
        yield f"person:{entry.subject}", "applicant"
    if entry.item is not None:
        yield f"item:{entry.item}", "under"
    if isinstance(event, ApplicationReceived):
        yield f"authority:{event.authority}", "received by"
    for material in materials(entry):
        yield material_id(state, material), SAID_OF_MATERIALS[type(event)]
    for name, qualifier in (("jurisdiction", "verified by"), ("region", "with")):
        if (region := getattr(event, name, None)) is not None:
            yield f"region:{region}", qualifier
    if (handover := getattr(event, "handover", None)) is not None:
        yield f"handover:{handover}", "through"
    if (review := getattr(event, "review", None)) is not None:
        yield f"joint_review:{review}", "in"


def materials(entry: Entry) -> tuple[str, ...]:
    """Return the kinds that `entry` says something of, if it says it of the case's own."""
    event = entry.event
    if type(event) not in SAID_OF_MATERIALS:
        return ()
    if isinstance(event, AcceptedWithTolerance):
        return tuple(each.material for each in event.deferred)
    found: tuple[str, ...] = getattr(event, "materials", ())
    return found


def case_id(state: State) -> str:
    """Return the id of a case as an object."""
    return f"case:{state.id}"


def material_id(state: State, kind: str) -> str:
    """Return the id of a case's material as an object."""
    return f"material:{state.id}/{kind}"


def _type(case: ToldCase, entry: Entry) -> str:
    # A register's activities are its own words, and may be anybody's.
    if isinstance(entry.event, FactRecorded):
        return f"{case.register}: {entry.event.activity}"
    return entry.name


def _attributes(entry: Entry) -> Iterator[tuple[str, str]]:
    actor, source = entry.actor, entry.source_recorded_at
    values = (
        entry.position,
        entry.version,
        to_text(entry.recorded_at),
        None if source is None else to_text(source),
        str(actor.role),
        actor.id,
        actor.authority,
        str(actor.channel),
        entry.legal_basis,
    )
    for name, value in zip(_ENTRYS_OWN, values, strict=True):
        if value is not None:
            yield name, as_text(value)
    yield from texts(entry.event)


def _who(actor: Actor) -> Iterator[tuple[str, str]]:
    if actor.role in OWN:
        yield f"person:{actor.id}", "by"
        yield f"person:{actor.principal}", "for"
    elif actor.authority is not None:
        yield f"official:{actor.id}", "by"
        yield f"authority:{actor.authority}", "for"


def _first_of_each(found: Iterator[tuple[str, str]]) -> Links:
    kept: dict[str, str] = {}
    for id, qualifier in found:
        kept.setdefault(id, qualifier)
    return tuple(kept.items())
