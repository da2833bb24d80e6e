"""Changing only what one saw, and not being sent again what one has."""

import pytest

from cose import decode, encode
from tests.service.running import FORM, ITEM

pytestmark = pytest.mark.asyncio(loop_scope="session")
CBOR = {"Content-Type": "application/cbor"}
TOLD = {"deficiencies": {"form": "It is unsigned."}}


@pytest.fixture
def service(shared):
    return shared


async def test_a_change_that_does_not_say_what_was_seen_is_refused(service):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")
    head = service.ledger.head

    refused = await applicant.post(f"/v1/cases/{case_id}/withdrawals")

    assert (refused.status, refused.problem) == (428, "precondition-required")
    assert service.ledger.head == head


async def test_a_change_of_what_changed_since_is_refused_and_of_any_version_is_not(service):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")
    path = f"/v1/cases/{case_id}/withdrawals"
    seen = (await applicant.get(f"/v1/cases/{case_id}")).headers["ETag"]
    await service.official("clerk").act(case_id, "correction-requests", TOLD)

    stale = await applicant.post(path, headers={"If-Match": seen})
    anyhow = await applicant.post(path, headers={"If-Match": "*"})

    assert (stale.status, stale.problem) == (412, "precondition-failed")
    assert anyhow.status == 200


async def test_sent_again_under_its_key_a_change_is_answered_although_it_is_stale(service):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")
    headers = {"If-Match": '"2"', "Idempotency-Key": "once"}

    first = await applicant.act(case_id, "withdrawals", headers=headers)
    again = await applicant.act(case_id, "withdrawals", headers=headers)

    assert (first.status, first.body) == (again.status, again.body)


async def test_what_is_as_one_has_it_is_not_sent_again(service):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")
    parts = ("", "/replay", "/steps")
    paths = [f"/v1/cases/{case_id}{part}" for part in parts]

    for path in [*paths, "/v1/items", f"/v1/items/{ITEM}", "/v1/search", "/v1/words"]:
        tag = (await applicant.get(path)).headers["ETag"]
        same = await applicant.get(path, headers={"If-None-Match": tag})
        assert (same.status, same.content, same.headers["ETag"]) == (304, b"", tag), path
    await service.official("clerk").act(case_id, "correction-requests", TOLD)
    for path in paths:
        assert (await applicant.get(path, headers={"If-None-Match": '"2"'})).status == 200


async def test_nobody_learns_by_a_tag_of_what_they_may_not_see(service):
    owner, other = await service.applicant(), await service.applicant()
    case_id = await service.apply(owner, "application-form")

    for tag in ('"2"', "*"):
        hidden = await other.get(f"/v1/cases/{case_id}", headers={"If-None-Match": tag})
        acted = await other.act(case_id, "withdrawals", headers={"If-Match": tag})
        assert {hidden.problem, acted.problem} == {"case-not-found"}


async def test_a_case_is_opened_and_read_in_cbor(service):
    applicant = await service.applicant()
    body = encode({"item": ITEM, "form": FORM})

    opened = await applicant.call("POST", "/v1/cases", data=body, headers=CBOR)
    asks = {"Accept": "application/cbor"}
    shown = await applicant.get(opened.headers["Location"], headers=asks)
    in_json = await applicant.get(opened.headers["Location"])
    refused = await applicant.call("POST", "/v1/cases", data=b"\xff", headers=CBOR)

    assert opened.status == 201
    assert opened.headers["Content-Type"] == "application/cbor"
    assert decode(shown.content) == in_json.body
    assert (refused.problem, refused.body["field"]) == ("bad-request", "$")


async def test_a_tag_of_one_form_stands_for_no_other(service):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")
    path, asks = f"/v1/cases/{case_id}", {"Accept": "application/cbor"}

    in_json, in_cbor = await applicant.get(path), await applicant.get(path, headers=asks)

    tag, other = in_json.headers["ETag"], in_cbor.headers["ETag"]
    for seen, form, status in (
        (tag, {}, 304),
        (other, asks, 304),
        (tag, asks, 200),
        (other, {}, 200),
    ):
        again = await applicant.get(path, headers={"If-None-Match": seen, **form})
        assert again.status == status, (seen, form)
    acted = await applicant.act(case_id, "withdrawals", headers={"If-Match": other})
    assert acted.status == 200
