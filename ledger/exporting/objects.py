"""What the events of a case are about, in the terms of OCEL 2.0.

What an object's attribute was first is told as of 1970, as in the standard's example;
what it became later, as of then.
"""

from collections.abc import Iterator

from ledger.case import Case
from ledger.exporting.events import SAID_OF_MATERIALS, case_id, links, material_id, materials
from ledger.exporting.model import ALWAYS, Attribute, Object
from ledger.exporting.selecting import ToldCase
from ledger.projections.folds import State, evolve_state
from ledger.projections.times import to_text


def objects_of(case: ToldCase) -> Iterator[Object]:
    """Yield every object that the events of a case are about, the case itself first.

    Those that cases share come with each of them, and always alike.
    """
    named = dict.fromkeys(id for entry in case.happened for id, _ in links(case.state, entry))
    of_case = case_id(case.state)
    attributes = (*_of_case(case), *_from_the_first(_statuses(case)))
    yield Object(of_case, attributes, tuple(_beside(case.state, named)))
    for id in named:
        match id.partition(":")[0]:
            case "case":
                pass
            case "material":
                yield Object(id, tuple(_from_the_first(_of_material(case, id))))
            case "handover":
                yield Object(id, _of_handover(case.state), ((of_case, "carries"),))
            case "joint_review":
                yield Object(id, (), ((of_case, "is about"),))
            case _:
                yield Object(id)


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
    kind = id.removeprefix(material_id(case.state, ""))
    yield Attribute("kind", kind)
    for entry in case.entries:
        if kind in materials(entry):
            state = SAID_OF_MATERIALS[type(entry.event)]
            yield Attribute("state", state, to_text(entry.effective_at))


def _of_handover(state: State) -> tuple[Attribute, ...]:
    follower = state.follower if isinstance(state, Case) else None
    return () if follower is None else (Attribute("mode", follower.mode),)


def _from_the_first(changes: Iterator[Attribute]) -> Iterator[Attribute]:
    seen = set[str]()
    for each in changes:
        yield each if each.name in seen else each._replace(time=ALWAYS)
        seen.add(each.name)


def _beside(state: State, named: dict[str, None]) -> Iterator[tuple[str, str]]:
    if not isinstance(state, Case):
        return
    yield f"person:{state.subject}", "applied for by"
    yield f"item:{state.item}", "is for"
    if f"authority:{state.authority}" in named:
        yield f"authority:{state.authority}", "decided by"
    yield from ((id, "has") for id in named if id.startswith("material:"))
