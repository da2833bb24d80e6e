"""Who may do what: each act and role, over HTTP; and that nothing else says who is asking."""

import pytest

from ledger.actor import Role
from ledger.http.acts import ACTS
from ledger.rules import ROLES
from tests.service.running import AUTHORITY, ELSEWHERE, FORM, ITEM
from tests.service.visitor import told

DIGEST = "ab" * 32
BODIES = {
    "correction-requests": {"deficiencies": {"form": "unsigned"}},
    "corrections": {"materials": {"layout-plan": DIGEST}},
    "acceptances": {},
    "tolerant-acceptances": {"deferred": []},
    "intake-rejections": {"competent_body": "another", "reasons": "not ours"},
    "not-required": {"reasons": "none is needed"},
    "commitments": {"materials": ["premises-proof"], "text_digest": DIGEST},
    "supplements": {"materials": {"layout-plan": DIGEST}},
    "reviews": {"recommendation": "grant", "findings": "fine"},
    "grants": {"result": "1"},
    "refusals": {"reasons": "no"},
    "services": {"means": "by post"},
    "closures": {},
    "withdrawals": {},
}
OFFICIALS = (Role.CLERK, Role.REVIEWER, Role.APPROVER)
OWN = (Role.APPLICANT, Role.AGENT)
NEVER = [role for role in Role if role not in (*OFFICIALS, *OWN)]

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def service(shared):
    return shared


def refused_to(act, roles):
    return [role for role in roles if role not in ROLES[ACTS[act]]]


@pytest.mark.parametrize("act", ACTS)
async def test_an_act_is_refused_to_every_role_it_is_not_for(service, act):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")
    visitors = [service.official(role) for role in refused_to(act, OFFICIALS)]
    visitors += [service.supervisor]
    visitors += [applicant] if refused_to(act, OWN) else []

    answers = [await visitor.act(case_id, act, BODIES[act]) for visitor in visitors]

    assert {(answer.status, answer.problem) for answer in answers} == {(403, "not-allowed")}


@pytest.mark.parametrize("act", ACTS)
async def test_an_act_of_nobody_or_of_strangers_is_answered_as_for_no_case(service, act):
    case_id = await service.apply(await service.applicant(), "application-form")
    strangers = [
        await service.applicant(),
        *(service.official(role, authority=ELSEWHERE) for role in OFFICIALS),
    ]
    never = [service.session(role, channel="system") for role in NEVER]
    head = service.ledger.head

    nobody = await service.anyone.act(case_id, act, BODIES[act])
    answers = [await stranger.act(case_id, act, BODIES[act]) for stranger in strangers]
    absent = await strangers[0].act("00000000-0000-4000-8000-000000000000", act, BODIES[act])
    denied = [await visitor.act(case_id, act, BODIES[act]) for visitor in never]

    assert nobody.status == 401
    assert nobody.headers["WWW-Authenticate"] == "Bearer"
    assert [told(answer) for answer in answers] == [told(absent)] * len(answers)
    assert (absent.status, absent.problem) == (404, "case-not-found")
    assert {(each.status, each.problem) for each in denied} == {(403, "not-allowed")}
    assert service.ledger.head == head


@pytest.mark.parametrize("role", [*OFFICIALS, Role.SUPERVISOR, Role.PARTNER, Role.OPERATOR])
async def test_only_applicants_and_their_agents_open_cases(service, role):
    visitor = service.official(role)
    body = {"item": ITEM, "form": FORM, "materials": {"application-form": DIGEST}}

    refused = await visitor.post("/v1/cases", body)

    assert (refused.status, refused.problem) == (403, "not-allowed")


async def test_an_applicant_who_proved_nothing_opens_no_case(service):
    visitor = service.session("applicant")

    refused = await visitor.post("/v1/cases", {"item": ITEM, "form": FORM})

    assert (refused.status, refused.problem) == (403, "not-allowed")
    assert "begin a verification" in refused.body["detail"]


async def test_a_verification_of_too_little_assurance_opens_no_case(service):
    applicant = await service.applicant("weak")

    refused = await applicant.post("/v1/cases", {"item": ITEM, "form": FORM})

    assert (refused.status, refused.problem) == (403, "step-up-needed")
    [missing] = refused.body["missing"]
    assert missing == {"part": "level", "needed": "at least 2", "scope": "profile"}
    assert "iamsmart" in refused.body["methods"]


async def test_whoever_reviewed_a_case_does_not_decide_it_in_another_role(service):
    case_id = await service.apply(
        await service.applicant(),
        "application-form", "layout-plan", "food-safety-rules", "premises-proof",
    )  # fmt: skip
    reviewer = service.official("reviewer", "one-person")
    await service.official("clerk").act(case_id, "acceptances")
    reviewed = await reviewer.act(case_id, "reviews", BODIES["reviews"])

    same = await service.official("approver", "one-person").act(
        case_id, "grants", {"result": "1"}
    )
    other = await service.official("approver", "another").act(
        case_id, "grants", {"result": "1"}
    )

    assert reviewed.status == 200
    assert (same.status, same.problem) == (403, "not-allowed")
    assert (other.status, other.body["status"]) == (200, "GRANTED")


async def test_no_header_parameter_or_field_names_a_role(service):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")
    names = ("Role", "X-Role", "X-Actor", "X-User", "X-Authority", "X-Forwarded-User", "From")
    headers = dict.fromkeys(names, "clerk")
    query = {"role": "clerk", "actor": "clerk-1", "authority": AUTHORITY}
    path = f"/v1/cases/{case_id}/acceptances"

    by_header = await applicant.change(path, headers=headers)
    by_query = await applicant.change(path, params=query)
    by_body = [await applicant.change(path, {name: "clerk"}) for name in query]
    unnamed = await service.anyone.post(path, headers=headers, params=query)
    listed = await applicant.get("/v1/cases", params=query)

    assert by_header.status == 403
    assert (by_query.status, by_query.body["field"]) == (400, "?role")
    assert {answer.status for answer in by_body} == {400}
    assert unnamed.status == 401
    assert listed.status == 400
