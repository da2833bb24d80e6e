"""Whoever asks whatever, what comes back is no more than an oracle of its own allows."""

import io
import zipfile

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ledger.actor import Role
from tests.service.authorisation.oracle import (
    DATA,
    OFFICE,
    Caller,
    may_act,
    may_ask,
    may_know,
    may_name,
    may_open,
)
from tests.service.authorisation.world import KIND, MATTERS, OFFICES, World
from tests.service.running import AUTHORITY, ELSEWHERE

PLACES = {
    "kind": KIND,
    "digest": "0" * 64,
    "version": "1",
    "item_id": "gd.zhaoqing.food-operation-licence",
    "list": "sessions",
    "method": "iamsmart",
    "name": "case-changed",
    "tile": "entries/000.p/5",
    "view": "case_list",
    "file": "index.js",
    "message": "0" * 64,
    "key": "0" * 16,
}
"""What stands in a path where it names nothing of anybody."""
ACTS = {"cases": ("reviews", "closures", "supplements"), "handovers": ("opinions",)}
FORMATS = ("ocel-json", "ocel-sqlite", "xes", "csv")
ABOUT = {"case": ("{case_id}",), "handover": ("{handover_id}",)}
"""Where what is told of a thing has its id; what is somebody's own goes by any `id`."""
LEFT_OUT = {
    "DELETE /v1/session": "it ends the asking",
    "DELETE /v1/mandates/{id}": "it ends the asking",
    "DELETE /v1/subjects/{subject}/restriction": "the world does it, and remembers",
    "GET /v1/verifications/callbacks/{method}": "a provider alone asks it",
}

numbers = st.integers(0, 9)
steps = st.one_of(
    st.tuples(st.just("apply"), numbers, numbers),
    st.tuples(st.just("go_on"), numbers),
    st.tuples(st.just("hand_over")),
    st.tuples(st.just("restrict"), numbers),
)
offices = st.fixed_dictionaries({role: st.sampled_from(OFFICES) for role in Role})


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with World(tmp_path_factory.mktemp("authorisation")) as world:
        world.run(world.hand_over())
        for owner in range(len(world.people)):
            for matter in range(len(MATTERS[world.people[owner].item])):
                world.run(world.apply(owner, matter))
        for case in range(3):
            world.run(world.go_on(case))
        world.run(world.restrict(1))
        yield world


def templates(world):
    """Return every route there is, but what is left out."""
    routes = {
        (route.method, route.resource.canonical)
        for route in world.service.app.router.routes()
        if route.resource and route.method != "HEAD"
    }
    return sorted(each for each in routes if " ".join(each) not in LEFT_OUT)


def paths_of(template, thing):
    """Return what a template asks of a thing, in each of its variants."""
    section = "handovers" if "/handovers" in template else "cases"
    places = PLACES | {
        "case_id": thing.id,
        "handover_id": thing.id,
        "review_id": thing.id,
        "id": thing.id,
        "subject": thing.owner,
    }
    variants = [("act", act) for act in ACTS[section]] if "{act}" in template else []
    variants += [("format", each) for each in FORMATS] if "{format}" in template else []
    for variant in variants or [("", "")]:
        yield template.format_map(places | dict([variant]))


async def ask(world, caller, method, path, **params):
    """Ask, and return the answer as text, without what the asker put into the path."""
    options = {"json": {}, "headers": {"If-Match": "*"}} if method in ("POST", "DELETE") else {}
    answer = await world.visitor(caller).call(method, path, params=params, **options)
    assert answer.status != 429
    return answer.status, text_of(answer.content)


def text_of(content):
    """Return all that stands in an answer, also in the files of an archive."""
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = [archive.read(name) for name in archive.namelist()]
    return b"\n".join([content, *files]).decode("utf-8", "replace")


def check(world, caller, path, status, text):
    """Hold an answer to the oracle, whatever of anything is in it."""
    for thing in world.things:
        if not may_name(caller, thing, path, world.things):
            leaked = {mark for mark in thing.marks if mark in text and mark not in path}
            assert not leaked, (caller, path, thing.kind)
        if status < 400 and not may_ask(caller, thing, path):
            assert thing.id not in path, (caller, path, thing.kind)
        if not may_open(caller, thing, world.restricted, world.things):
            assert not [each for each in thing.secrets if each in text], (caller, path)
    for owner, name in world.names.items():
        theirs = [thing for thing in world.things if thing.owner == owner]
        if owner in (caller.principal, caller.person) or any(
            may_open(caller, thing, world.restricted, world.things) for thing in theirs
        ):
            continue
        assert name not in text, (caller, path)
        assert name.encode("ascii", "backslashreplace").decode() not in text, (caller, path)


async def look_everywhere(world, caller, thing):
    await look_at(world, caller, thing, templates(world))


async def look_closely(world, caller, thing):
    """Read whatever is told of the thing itself, and of whose it is."""
    about = ABOUT.get(thing.kind, ("/{id}",))
    await look_at(world, caller, thing, reads_of(world, *about, "{subject}"))


async def look_over(world, caller):
    """Read whatever is told of nothing in particular: what is one's own, and all there is."""
    await look_at(world, caller, world.things[0], reads_of(world, "/me/", "/exports/"))
    own = [each for each in templates(world) if each[0] == "GET" and "{" not in each[1]]
    await look_at(world, caller, world.things[0], own)


def reads_of(world, *parts):
    reads = [each for each in templates(world) if each[0] == "GET"]
    return [each for each in reads if any(part in each[1] for part in parts)]


async def look_at(world, caller, thing, asked):
    for method, template in asked:
        for path in paths_of(template, thing):
            status, text = await ask(world, caller, method, path)
            check(world, caller, path, status, text)
            # The oracle forbids nothing that is of use: what may be seen is seen.
            if template.endswith("/replay") and thing.kind == "case":
                opened = may_open(caller, thing, world.restricted)
                acts = may_act(caller, world.restricted)
                assert (status == 200) == (acts and may_know(caller, thing)), caller
                shown = all(each in text for each in thing.secrets)
                assert shown == (acts and opened), caller


async def look_for(world, caller, thing):
    """Look for the thing by its words, and through all that is listed."""
    for secret in sorted(thing.secrets):
        found = await ask(world, caller, "GET", "/v1/search", q=secret, counts="yes")
        if not may_open(caller, thing, world.restricted, world.things):
            assert not [mark for mark in thing.marks if mark in found[1]], caller
    for path in ("/v1/cases", "/v1/search", "/v1/handovers", "/v1/feed"):
        status, text = await ask(world, caller, "GET", path, limit="500")
        check(world, caller, path, status, text)
        listed = caller.item is None and may_act(caller, world.restricted)
        if listed and may_know(caller, thing) and path.endswith(f"{thing.kind}s"):
            assert thing.id.replace("-", "") in text.replace("-", ""), (caller, path)


@settings(max_examples=6, phases=(Phase.generate,))
@given(
    plan=st.lists(steps, max_size=2),
    where=offices,
    everywhere=st.sampled_from([*Role, None]),
    at=numbers,
)
def test_what_comes_back_is_no_more_than_the_oracle_allows(world, plan, where, everywhere, at):
    for name, *values in plan:
        world.run(getattr(world, name)(*values))

    thing = world.things[at % len(world.things)]
    callers = [world.official(str(role), office) for role, office in where.items()]
    for caller in (*callers, *world.people):
        world.run(look_closely(world, caller, thing))
        world.run(look_for(world, caller, thing))
    chosen = callers[list(Role).index(everywhere)] if everywhere else world.people[at % 3]
    world.run(look_everywhere(world, chosen, thing))


def test_each_thing_is_told_to_whom_it_may_and_to_nobody_else(world):
    for thing in [*world.things]:
        staff = [world.official("clerk", thing.authority or AUTHORITY)]
        staff += [world.official(role, None) for role in ("supervisor", DATA[0])]
        for caller in (*world.people, *world.helpers, *staff):
            world.run(look_closely(world, caller, thing))


def test_what_is_restricted_is_shown_to_nobody_but_whose_it_is(world):
    person = world.people[1]
    if person.principal not in world.restricted:
        world.run(world.restrict(1))

    things = [each for each in world.things if each.owner == person.principal]
    assert {each.authority for each in things} >= {AUTHORITY, ELSEWHERE}
    for thing in things:
        for role in (*OFFICE, "chief-officer"):
            official = world.official(role, thing.authority or AUTHORITY)
            world.run(look_closely(world, official, thing))
            world.run(look_for(world, official, thing))
        world.run(look_closely(world, person, thing))


def test_what_is_told_of_nothing_in_particular_is_of_what_one_may_see(world):
    staff = [world.official(str(role), AUTHORITY) for role in Role]
    for caller in (*world.people, *world.helpers, *staff):
        world.run(look_over(world, caller))


def test_nobody_without_a_session_learns_of_anything(world):
    for thing in world.things[:1]:
        world.run(look_everywhere(world, Caller(role="anyone"), thing))


def test_an_agent_for_one_matter_sees_no_other_of_the_same_person(world):
    agents = [each for each in world.people if each.item is not None]
    assert len({each.principal for each in agents}) == 1

    for caller in agents:
        for thing in world.things:
            world.run(look_for(world, caller, thing))
