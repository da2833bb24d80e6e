"""Three times what can be done at once, for a while: what is shed, what is kept, and after."""

import asyncio
from collections import Counter
from datetime import timedelta

from rest import LOAD, Rate
from tests.service.running import FORM, ITEM, running
from tests.service.visitor import Answer

MOST = 8
EACH = 6
GREEDY = 3 * EACH
LASTING = Rate(per_second=1, burst=2 * EACH)
"""The clock stands still, so that a caller has this many until it is moved."""
FREE = Rate(per_second=0, burst=0)


async def until_in_time(load):
    for _ in range(200):
        if not load.lateness.is_too_late:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(load.lateness)


async def keep_asking(person, times, refused):
    """Send commands until `times` of them were taken, and return the cases they opened."""
    cases = []
    for _ in range(100 * times):
        answer = await person.post("/v1/cases", {"item": ITEM, "form": FORM})
        if answer.status == 201:
            cases.append(answer.body["case_id"])
        else:
            refused.append(answer)
            await asyncio.sleep(0.01)
        if len(cases) == times:
            return cases
    raise AssertionError(Counter(each.status for each in refused))


async def ask_at_once(person, times):
    body = {"item": ITEM, "form": FORM}
    return await asyncio.gather(*(person.post("/v1/cases", body) for _ in range(times)))


async def test_what_is_too_much_is_shed_what_is_taken_is_kept_and_all_is_well_after(tmp_path):
    async with running(tmp_path / "home", caller_rate=LASTING) as service:
        people = [await service.applicant() for _ in range(3 * MOST)]
        greedy = await service.applicant()
        load = service.app[LOAD]
        refused: list[Answer] = []
        load.most = MOST

        opened, asked = await asyncio.gather(
            asyncio.gather(*(keep_asking(each, EACH, refused) for each in people)),
            ask_at_once(greedy, GREEDY),
        )

        cases = [case for each in opened for case in each]
        cases += [each.body["case_id"] for each in asked if each.status == 201]
        refused += [each for each in asked if each.status != 201]
        assert {each.status for each in refused} <= {429, 503}
        assert {each.problem for each in refused} <= {"too-busy", "too-many-requests"}
        assert all(int(each.headers["Retry-After"]) > 0 for each in refused)
        assert load.shed == [each.status for each in refused].count(503) > 0
        received = [e for e in service.ledger.read(0) if e.name == "application.received.v1"]
        assert sorted(str(each.stream) for each in received) == sorted(cases)

        assert load.in_flight == 0
        service.clock.now += timedelta(minutes=1)
        after = [await each.get("/v1/cases") for each in (greedy, *people)]
        assert {each.status for each in after} == {200}


async def test_who_asks_more_than_is_theirs_is_told_when_to_come_again(tmp_path):
    async with running(tmp_path / "home", caller_rate=LASTING) as service:
        greedy, other = await service.applicant(), await service.applicant()

        asked = await ask_at_once(greedy, GREEDY)
        meanwhile = await other.get("/v1/cases")

        assert Counter(each.status for each in asked) == {201: 2 * EACH, 429: EACH}
        shed = [each for each in asked if each.status == 429]
        assert all(int(each.headers["Retry-After"]) > 0 for each in shed)
        assert meanwhile.status == 200
        service.clock.now += timedelta(seconds=int(shed[0].headers["Retry-After"]))
        assert (await greedy.get("/v1/cases")).status == 200


async def test_while_the_loop_is_late_for_its_requests_it_sheds_and_comes_back(tmp_path):
    async with running(tmp_path / "home", caller_rate=FREE) as service:
        load, person = service.app[LOAD], await service.applicant()
        answers = [await person.get("/v1/cases")]
        # Every loop is late by a little, and every request may be why.
        load.lateness.most, load.lateness.enough = 0.0, 1

        answers += [await person.get("/v1/cases") for _ in range(200)]
        load.lateness.enough = 128
        await until_in_time(load)
        after = await person.get("/v1/cases")

    shed = [each for each in answers if each.status == 503]
    assert {each.status for each in answers} == {200, 503}
    assert {each.problem for each in shed} == {"too-busy"}
    assert all(int(each.headers["Retry-After"]) > 0 for each in shed)
    assert load.shed == len(shed)
    assert after.status == 200
