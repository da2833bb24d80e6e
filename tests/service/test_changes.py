"""What became of a case, over HTTP: shown to whoever may read it, as far as they may."""

from uuid import uuid4

import pytest

from tests.service.running import ELSEWHERE, FORM, MORNING
from tests.service.visitor import told

pytestmark = pytest.mark.asyncio(loop_scope="session")
PARTS = ("/steps", "/steps/2", "/diff")


@pytest.fixture
def service(shared):
    return shared


async def withdrawn(service):
    """A case that was applied for and taken back, and whose it is."""
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")
    done = await applicant.act(case_id, "withdrawals", {"reason": "We moved."})
    assert done.status == 200
    return applicant, case_id


def by_path(answer):
    assert answer.status == 200, answer.body
    return {change["path"]: change for change in answer.body["changes"]}


async def test_the_steps_of_a_case_say_what_each_entry_changed(service):
    applicant, case_id = await withdrawn(service)

    steps = (await applicant.get(f"/v1/cases/{case_id}/steps")).body["steps"]

    assert [(step["version"], step["event"]) for step in steps] == [
        (1, "applicant.verified.v1"),
        (2, "application.received.v1"),
        (3, "application.withdrawn.v1"),
    ]
    changed = {each["path"]: (each["old"], each["new"]) for each in steps[2]["changes"]}
    assert changed["status"] == ("RECEIVED", "WITHDRAWN")
    assert changed["reason"] == (None, "We moved.")
    assert changed["duties.intake.due"] == ("2026-02-24", None)


async def test_one_walks_through_a_case_by_its_links_forward_and_back(service):
    applicant, case_id = await withdrawn(service)
    first = f"/v1/cases/{case_id}/steps/1"
    seen, path = [], first

    while path:
        step = await applicant.get(path)
        assert step.status == 200, step.body
        seen.append((step.body["step"]["version"], step.body["values"]["status"]))
        links = dict(
            reversed(each.strip("<").split(">; rel="))
            for each in step.headers["Link"].split(", ")
        )
        assert links['"first"'] == first
        path = links.get('"next"', "")

    assert seen == [(1, "DRAFT"), (2, "RECEIVED"), (3, "WITHDRAWN")]
    assert links['"prev"'].endswith("/steps/2")
    sealed = await service.supervisor.get(f"/v1/cases/{case_id}/steps/2")
    assert sealed.body["values"]["form"] == "sealed"
    assert FORM["business_name"] not in str(sealed.body)
    for none in ("0", "4", "x", "1.0"):
        missing = await applicant.get(f"/v1/cases/{case_id}/steps/{none}")
        assert missing.problem == "entry-not-found"


async def test_a_difference_names_the_entry_that_made_it(service):
    applicant, case_id = await withdrawn(service)
    path = f"/v1/cases/{case_id}/diff"

    received = by_path(await applicant.get(path, params={"to_version": "2"}))
    taken_back = by_path(await applicant.get(path, params={"from_version": "2"}))
    again = await applicant.get(path, params={"from_version": "3", "to_version": "1"})

    assert received["form.business_name"]["new"] == FORM["business_name"]
    assert received["status"]["entry"]["event"] == "application.received.v1"
    status = taken_back["status"]
    assert (status["old"], status["new"]) == ("RECEIVED", "WITHDRAWN")
    assert (status["entry"]["version"], status["entry"]["role"]) == (3, "applicant")
    assert "form.business_name" not in taken_back
    assert by_path(again)["form.business_name"]["new"] is None
    assert (again.body["from_version"], again.body["to_version"]) == (3, 1)


async def test_a_point_is_a_position_or_a_time_as_well(service):
    applicant, case_id = await withdrawn(service)
    path, head = f"/v1/cases/{case_id}/diff", service.ledger.head

    after = {"from_position": str(head - 1), "to_position": str(head)}
    by_position = by_path(await applicant.get(path, params=after))
    by_time = by_path(await applicant.get(path, params={"from_as_of": "2026-02-09"}))
    nothing = by_path(await applicant.get(path, params={"from_as_of": MORNING.isoformat()}))
    before = await applicant.get(path, params={"to_recorded_until": "2026-02-09"})

    assert set(by_position) == {"status", "reason"} | {
        name for name in by_position if name.startswith("duties.")
    }
    assert by_time["status"]["new"] == "WITHDRAWN"
    assert nothing == {}
    assert (before.status, before.problem) == (404, "case-not-found")


@pytest.mark.parametrize("part", PARTS)
async def test_a_supervisor_sees_that_something_personal_changed_and_not_what(service, part):
    _, case_id = await withdrawn(service)

    answer = await service.supervisor.get(f"/v1/cases/{case_id}{part}")

    assert answer.status == 200
    assert "sealed" in answer.content.decode()
    for text in (FORM["business_name"], "We moved."):
        assert text not in answer.content.decode()
        assert text.encode("ascii", "backslashreplace") not in answer.content


@pytest.mark.parametrize("part", PARTS)
async def test_who_may_not_read_a_case_learns_nothing_of_it(service, part):
    _, case_id = await withdrawn(service)
    strangers = [
        await service.applicant(),
        service.official("clerk", authority=ELSEWHERE),
        service.session("agent"),
    ]

    for stranger in strangers:
        refused = await stranger.get(f"/v1/cases/{case_id}{part}")
        unknown = await stranger.get(f"/v1/cases/{uuid4()}{part}")
        assert told(refused) == told(unknown)
        assert refused.problem == "case-not-found"
    assert (await service.anyone.get(f"/v1/cases/{case_id}{part}")).status == 401


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("/diff", "from", "1"),
        ("/diff", "version", "1"),
        ("/diff", "from_version", "0"),
        ("/diff", "to_version", "x"),
        ("/diff", "from_as_of", "yesterday"),
        ("/diff", "to_position", "-1"),
        ("/steps", "version", "1"),
    ],
)
async def test_what_does_not_fit_is_named(service, part, name, value):
    _, case_id = await withdrawn(service)

    answer = await service.supervisor.get(f"/v1/cases/{case_id}{part}", params={name: value})

    assert (answer.status, answer.problem) == (400, "bad-request")
    assert answer.body["field"] == f"?{name}"
