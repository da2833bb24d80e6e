"""A case in the terms of OCEL 2.0: events, and the objects they are about.

An event is an entry that counts; its time is when it took effect. Persons are objects
by their pseudonym and nothing else. An attribute of an object that has no time of its
own is told as of 1970, as the standard's example does, and does not change.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from ledger.actor import Actor, Role
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
from ledger.exporting.selecting import ToldCase
from ledger.history_events import FactRecorded
from ledger.projections.folds import State, evolve_state
from ledger.projections.times import to_text

ALWAYS: Final = "1970-01-01T00:00:00Z"

OBJECT_TYPES: Final[dict[str, tuple[str, ...]]] = {
    "case": ("register", "number", "item_version", "received_on", "status"),
    "person": (),
    "official": (),
    "authority": (),
    "region": (),
    "item": (),
    "material": ("kind", "state"),
    "handover": ("mode",),
    "joint_review": (),
}
"""The attributes of each type of object."""

_ABOUT_MATERIALS: Final = {
    ApplicationReceived: "submitted",
    CorrectionRequested: "asked for",
    CorrectionSubmitted: "submitted",
    SupplementSubmitted: "submitted",
    CommitmentSigned: "replaced by a commitment",
    AcceptedWithTolerance: "deferred",
    ToleranceLapsed: "lapsed",
}
_PERSONS = frozenset({Role.APPLICANT, Role.AGENT})
_ENTRYS_OWN = (
    "position", "case_version", "recorded_at", "source_recorded_at", "actor_role", "actor_id",
    "actor_authority", "channel", "legal_basis",
)  # fmt: skip

Links = tuple[tuple[str, str], ...]


class Event(NamedTuple):
    """An event: `objects` are the ids of what it is about, each with a qualifier."""

    id: str
    type: str
    time: str
    attributes: dict[str, str]
    objects: Links


class Attribute(NamedTuple):
    """What an object's attribute became, and when."""

    name: str
    value: str
    time: str = ALWAYS


class Object(NamedTuple):
    """An object; its id begins with its type."""

    id: str
    attributes: tuple[Attribute, ...] = ()
    objects: Links = ()

    @property
    def type(self) -> str:
        """The part of the id before the first colon."""
        return self.id.partition(":")[0]


def events_of(case: ToldCase) -> Iterator[Event]:
    """Yield what happened in a case, in the order it was recorded."""
    for entry in case.happened:
        links = dict.fromkeys(_links(case.state, entry))
        yield Event(
            id=f"entry:{entry.position}",
            type=_type(case, entry),
            time=to_text(entry.effective_at),
            attributes=dict(_attributes(entry)),
            objects=tuple(links),
        )


def objects_of(case: ToldCase) -> Iterator[Object]:
    """Yield every object that the events of a case are about, the case itself first.

    Those that cases share come with each of them, and always alike.
    """
    named = dict.fromkeys(id for entry in case.happened for id, _ in _links(case.state, entry))
    of_case = _case_id(case.state)
    yield Object(
        of_case, (*_of_case(case), *_statuses(case)), tuple(_beside(case.state, named))
    )
    for id in named:
        match id.partition(":")[0]:
            case "case":
                pass
            case "material":
                yield Object(id, tuple(_of_material(case, id)))
            case "handover":
                yield Object(id, _of_handover(case.state), ((of_case, "carries"),))
            case "joint_review":
                yield Object(id, (), ((of_case, "is about"),))
            case _:
                yield Object(id)


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


def _links(state: State, entry: Entry) -> Iterator[tuple[str, str]]:
    event = entry.event
    yield _case_id(state), "of"
    if entry.subject is not None and isinstance(state, Case):
        yield f"person:{entry.subject}", "applicant"
    if entry.item is not None:
        yield f"item:{entry.item}", "under"
    yield from _who(entry.actor)
    if isinstance(event, ApplicationReceived):
        yield f"authority:{event.authority}", "received by"
    for material in _materials(entry):
        yield _material_id(state, material), _ABOUT_MATERIALS[type(event)]
    for name, qualifier in (("jurisdiction", "verified by"), ("region", "with")):
        if (region := getattr(event, name, None)) is not None:
            yield f"region:{region}", qualifier
    if (handover := getattr(event, "handover", None)) is not None:
        yield f"handover:{handover}", "through"
    if (review := getattr(event, "review", None)) is not None:
        yield f"joint_review:{review}", "in"


def _who(actor: Actor) -> Iterator[tuple[str, str]]:
    if actor.role in _PERSONS:
        yield f"person:{actor.id}", "by"
        yield f"person:{actor.principal}", "for"
    elif actor.authority is not None:
        yield f"official:{actor.id}", "by"
        yield f"authority:{actor.authority}", "for"


def _materials(entry: Entry) -> tuple[str, ...]:
    """Return the kinds that `entry` says something of, if it says it of the case's own."""
    event = entry.event
    if type(event) not in _ABOUT_MATERIALS:
        return ()
    if isinstance(event, AcceptedWithTolerance):
        return tuple(each.material for each in event.deferred)
    found: tuple[str, ...] = getattr(event, "materials", ())
    return found


def _of_case(case: ToldCase) -> Iterator[Attribute]:
    state = case.state
    told = {"register": case.register, "number": case.number}
    if isinstance(state, Case):
        received = state.received_on
        told |= {
            "item_version": str(state.item_version),
            "received_on": None if received is None else received.isoformat(),
        }
    for name, value in told.items():
        if value is not None:
            yield Attribute(name, value)


def _statuses(case: ToldCase) -> Iterator[Attribute]:
    """Yield each status with the time it took effect; of a history only the last is known."""
    if not isinstance(case.state, Case):
        yield Attribute(
            "status", case.status, to_text(max(f.occurred_at for f in case.state.facts))
        )
        return
    state: State | None = None
    before = None
    for entry in case.entries:
        state = evolve_state(state, entry)
        if isinstance(state, Case) and state.status != before:
            before = state.status
            yield Attribute("status", str(before), to_text(entry.effective_at))


def _of_material(case: ToldCase, id: str) -> Iterator[Attribute]:
    kind = id.removeprefix(_material_id(case.state, ""))
    yield Attribute("kind", kind)
    for entry in case.entries:
        if kind in _materials(entry):
            state = _ABOUT_MATERIALS[type(entry.event)]
            yield Attribute("state", state, to_text(entry.effective_at))


def _of_handover(state: State) -> tuple[Attribute, ...]:
    follower = state.follower if isinstance(state, Case) else None
    return () if follower is None else (Attribute("mode", follower.mode),)


def _beside(state: State, named: dict[str, None]) -> Iterator[tuple[str, str]]:
    if not isinstance(state, Case):
        return
    yield f"person:{state.subject}", "applied for by"
    yield f"item:{state.item}", "is for"
    if f"authority:{state.authority}" in named:
        yield f"authority:{state.authority}", "decided by"
    yield from ((id, "has") for id in named if id.startswith("material:"))


def _case_id(state: State) -> str:
    return f"case:{state.id}"


def _material_id(state: State, kind: str) -> str:
    return f"material:{state.id}/{kind}"
