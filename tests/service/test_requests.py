"""What a caller may get wrong, and that each mistake is named and leaves no trace."""

import json

import pytest

from tests.service.running import FORM, ITEM

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def service(shared):
    return shared


def application(**changes):
    return {"item": ITEM, "form": FORM, "materials": {}, **changes}


APPLICATIONS = {
    "a form that is a list": (application(form=[]), "$.form"),
    "a number in the form": (application(form={"a": 1}), "$.form[...]"),
    "materials that are text": (application(materials="x"), "$.materials"),
    "a digest that is a map": (application(materials={"layout-plan": {}}), "$.materials[...]"),
    "no form": ({"item": ITEM}, "$.form"),
    "an unknown field": (application(colour="red"), "$.colour"),
    "an id of one's own": (application(case_id="x"), "$.case_id"),
    "a role": (application(role="clerk"), "$.role"),
    "an item that is a number": (application(item=7), "$.item"),
}


@pytest.mark.parametrize("mistake", APPLICATIONS)
async def test_an_application_that_does_not_fit_names_the_field(service, mistake):
    applicant = await service.applicant()
    body, field = APPLICATIONS[mistake]
    head = service.ledger.head

    refused = await applicant.post("/v1/cases", body)

    assert (refused.status, refused.problem) == (400, "bad-request")
    assert refused.body["field"] == field
    assert service.ledger.head == head


async def test_an_unknown_field_deep_in_a_body_is_named(service):
    case_id = await service.apply(await service.applicant(), "application-form")
    deferral = {"material": "a", "form": "b", "consequence": "c", "until": "d"}

    refused = await service.official("clerk").act(
        case_id, "tolerant-acceptances", {"deferred": [deferral]}
    )

    assert (refused.status, refused.body["field"]) == (400, "$.deferred[0].until")


async def test_a_body_beyond_64_kib_is_too_large(service):
    applicant = await service.applicant()

    refused = await applicant.post("/v1/cases", application(form={"a": "x" * 65_536}))

    assert (refused.status, refused.problem) == (413, "about:blank")


async def test_a_body_that_no_entry_can_hold_is_too_large(service):
    applicant = await service.applicant()
    head = service.ledger.head

    refused = await applicant.post("/v1/cases", application(form={"a": "x" * 65_300}))

    assert (refused.status, refused.problem) == (413, "entry-too-large")
    assert service.ledger.head == head


async def test_a_nul_in_a_form_comes_back_as_it_was(service):
    applicant = await service.applicant()
    opened = await applicant.post("/v1/cases", application(form={"a": "b\0c", "\0": ""}))

    shown = await applicant.get(f"/v1/cases/{opened.body['case_id']}/replay")

    assert shown.body["entries"][-1]["fields"]["form"] == {"a": "b\0c", "\0": ""}


@pytest.mark.parametrize(
    "body",
    [b'{"item": "\\udc00"}', b'{"item": ' + b"[" * 60_000, b"item=x", b"[]", b"\xff", b"{"],
)
async def test_what_is_no_json_object_is_refused_before_anything_else(service, body):
    applicant = await service.applicant()

    refused = await applicant.send("/v1/cases", body)

    assert (refused.status, refused.problem) == (400, "bad-request")


async def test_a_body_that_claims_to_be_compressed_and_is_not_is_refused(service):
    applicant = await service.applicant()

    refused = await applicant.send("/v1/cases", b"{}", Content_Encoding="gzip")

    assert (refused.status, refused.problem) == (415, "about:blank")
    assert refused.headers["Accept-Encoding"] == "identity"


async def test_an_unknown_item_is_not_found(service):
    applicant = await service.applicant()

    refused = await applicant.post("/v1/cases", application(item="gd.nowhere.nothing"))
    shown = await applicant.get("/v1/items/gd.nowhere.nothing")
    version = await applicant.get(f"/v1/items/{ITEM}", params={"version": "999"})

    assert {each.problem for each in (refused, shown, version)} == {"unknown-item"}


async def test_a_command_that_the_state_refuses_says_why_and_writes_nothing(service):
    case_id = await service.apply(await service.applicant(), "application-form")
    clerk, approver = service.official("clerk"), service.official("approver")
    head = service.ledger.head

    refused = {
        "acceptances": await clerk.act(case_id, "acceptances"),
        "services": await clerk.act(case_id, "services", {"means": "by post"}),
        "closures": await clerk.act(case_id, "closures"),
        "grants": await approver.act(case_id, "grants", {"result": "1"}),
        "refusals": await approver.act(case_id, "refusals", {"reasons": "no"}),
    }

    assert {answer.problem for answer in refused.values()} == {"command-rejected"}
    assert {answer.status for answer in refused.values()} == {422}
    assert (
        "still missing: food-safety-rules, layout-plan" in refused["acceptances"].body["detail"]
    )
    assert "no decision to serve" in refused["services"].body["detail"]
    assert "only a served case" in refused["closures"].body["detail"]
    assert service.ledger.head == head


@pytest.mark.parametrize("digest", ["ab" * 32, "AB" * 32, "ab", "", "../../x"])
async def test_a_material_that_was_not_uploaded_is_not_taken(service, digest):
    applicant = await service.applicant()

    refused = await applicant.post(
        "/v1/cases", application(materials={"application-form": digest})
    )

    assert (refused.status, refused.problem) == (422, "command-rejected")
    assert "application-form was not uploaded" in refused.body["detail"]


async def test_an_act_nobody_knows_and_a_method_nobody_takes(service):
    case_id = await service.apply(await service.applicant(), "application-form")
    clerk = service.official("clerk")

    unknown = await clerk.act(case_id, "approvals")
    wrong = await clerk.call("DELETE", f"/v1/cases/{case_id}")
    media = await clerk.call("POST", "/verifications", data=b"x")

    assert (unknown.status, unknown.problem) == (404, "about:blank")
    assert (wrong.status, wrong.problem) == (405, "about:blank")
    assert wrong.headers["Allow"] == "GET,HEAD"
    assert (media.status, media.problem) == (415, "about:blank")


async def test_what_a_person_wrote_into_a_refused_body_is_in_no_log(service, caplog):
    applicant = await service.applicant()
    name = "SAMPLE Person Of Ours"

    answers = [
        await applicant.post("/v1/cases", application(form={name: 7})),
        await applicant.post("/v1/cases", application(**{name: name})),
        await applicant.post("/v1/cases", application(form={"name": name * 3200})),
        await applicant.post("/v1/cases", application(materials={"application-form": name})),
        await applicant.send("/v1/cases", json.dumps(name).encode()),
    ]

    assert {answer.status for answer in answers} == {400, 413, 422}
    assert name not in caplog.text
