"""Codes on paper: given to whoever applied, checked by anyone, and no more told than needed."""

from datetime import timedelta

from cose import Ed25519Signer
from identity import decode_keys
from identity.paper import LIFETIME, PREFIX, PaperCode, issue_code, read_code
from identity.trust import Trust
from rest import Rate
from tests.service.persons import ADDRESS, ITEM, NAME_EN, NAME_ZH, NUMBER, SHOP, closed_case
from tests.service.running import MORNING, running

GD = "CN-GD"


async def given(service):
    """Return somebody whose case is decided, the case, and a code of it."""
    person, case = await closed_case(service)
    issued = await person.post(f"/v1/cases/{case}/codes")
    assert issued.status == 201, issued.body
    return person, case, issued.body


async def checked(service, code):
    answer = await service.anyone.post("/v1/codes/check", {"code": code})
    assert answer.status == 200, answer.body
    return answer.body


async def published(service):
    answer = await service.anyone.get("/.well-known/cose-keys")
    return Trust({GD: decode_keys(answer.content)})


async def test_anyone_can_check_what_was_decided_and_that_it_still_holds(service):
    _, _, issued = await given(service)

    found = await checked(service, issued["code"])

    assert found["verdict"] == "holds"
    assert (found["issuer"], found["purpose"], found["result"]) == (GD, ITEM, "refused")
    assert found["status"] == {
        "state": "valid",
        "list": "0",
        "index": issued["position"],
        "as_of": MORNING.isoformat().replace("+00:00", "Z"),
        "age_seconds": 0,
    }


async def test_a_code_is_checked_offline_with_the_keys_we_publish(service):
    _, _, issued = await given(service)

    code = read_code(issued["code"], await published(service), now=MORNING)

    assert (code.issuer, code.purpose, code.result) == (GD, ITEM, "refused")
    assert code.expires_at - code.issued_at == LIFETIME


async def test_neither_the_code_nor_its_check_names_anybody_or_the_case(service):
    person, case, issued = await given(service)
    receipt = (await person.get(f"/v1/cases/{case}")).body["case"]["receipt"]

    found = await checked(service, issued["code"])

    told = f"{issued['code']} {found}"
    for value in (NAME_ZH, NAME_EN, NUMBER, SHOP, ADDRESS, case, receipt):
        assert value not in told
    assert found["receipt"] == f"{receipt[:4]}…{receipt[-4:]}"


async def test_a_code_is_for_whoever_applied_and_only_after_a_decision(service):
    _, case = await closed_case(service)
    other = await service.applicant()
    open_case = await service.apply(other)

    official = await service.official("clerk").post(f"/v1/cases/{case}/codes")
    stranger = await other.post(f"/v1/cases/{case}/codes")
    early = await other.post(f"/v1/cases/{open_case}/codes")
    nobody = await service.anyone.post(f"/v1/cases/{case}/codes")

    assert (official.status, official.problem) == (403, "not-allowed")
    assert (stranger.status, stranger.problem) == (404, "case-not-found")
    assert (early.status, early.problem) == (422, "command-rejected")
    assert nobody.status == 401


async def test_a_revoked_code_is_told_of_as_revoked(service):
    _, _, issued = await given(service)
    place = (await checked(service, issued["code"]))["status"]
    body = {"list": place["list"], "index": place["index"], "reason": "mistaken"}

    await service.session("operator").post("/v1/revocations", body)

    found = await checked(service, issued["code"])
    assert (found["verdict"], found["status"]["state"]) == ("revoked", "revoked")


async def test_an_old_code_is_told_of_as_expired(service):
    _, _, issued = await given(service)

    service.clock.now += LIFETIME - timedelta(seconds=1)
    before = await checked(service, issued["code"])
    service.clock.now += timedelta(seconds=1)
    after = await checked(service, issued["code"])

    assert (before["verdict"], after["verdict"]) == ("holds", "expired")


async def test_a_code_that_was_signed_and_never_recorded_is_told_of_as_unknown(service):
    _, _, issued = await given(service)
    code = read_code(issued["code"], await published(service), now=MORNING)
    signer = Ed25519Signer((service.home.keys / "paper").read_bytes())
    other = PaperCode(
        issuer=GD,
        issued_at=code.issued_at,
        expires_at=code.expires_at,
        cti=bytes(8),
        case_commitment=code.case_commitment,
        purpose=code.purpose,
        result="granted",
    )

    found = await checked(service, issue_code(other, signer))

    assert (found["verdict"], found["receipt"]) == ("unknown", None)


async def test_what_is_no_code_of_ours_is_refused(service):
    _, _, issued = await given(service)
    stranger = Ed25519Signer(bytes(32))
    code = read_code(issued["code"], await published(service), now=MORNING)

    for written in ("x", PREFIX, issued["code"][:-2], issue_code(code, stranger)):
        answer = await service.anyone.post("/v1/codes/check", {"code": written})
        assert (answer.status, answer.problem) == (400, "token-refused")


async def test_one_address_has_only_so_many_codes_checked(tmp_path):
    rate = Rate(per_second=1, burst=5)
    async with running(tmp_path / "home", address_rate=rate) as service:
        answers = [
            await service.anyone.post("/v1/codes/check", {"code": "TB1:"}) for _ in range(7)
        ]

        assert [each.status for each in answers] == [400] * 5 + [429] * 2
