"""More surely, for a form, or with a signature: by the same person, on the same page."""

from hashlib import sha256
from uuid import UUID

import pytest

from identity.model import Document, Scope
from ledger.codec import clear_fields
from server import open_sessions
from tests.service.outcomes import refused, told
from tests.service.provider import NAME, NUMBER
from tests.service.running import ITEM
from tests.service.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

SIGNABLE = "gd.hong-kong-construction-professional-filing"
STEPPED_UP = "gd.zhaoqing.real-estate-transfer"
FORM = {"name": "測試"}


@pytest.fixture
def service(shared):
    return shared


async def begun(service, who, scope, **changes):
    """Begin with a session; the person is the one whose account begins with `who`."""
    return await service.begin(who, scope=scope, **changes)


async def test_a_step_up_gives_a_session_of_the_same_person_known_more_surely(service):
    person = await service.applicant("step-up-1")
    verification = await begun(service, person, "step_up")
    await service.back(verification, code="step-up-1")
    await service.profiled(verification, stepped_up=True)

    result = await service.result(verification)

    sessions = open_sessions(service.home, service.edge)
    before, after = sessions.read(person.session), sessions.read(result.body["session"])
    assert (before.principal, before.assurance.authenticated_how) == (after.principal, "page")
    assert after.assurance.authenticated_how == "step_up"
    assert result.body["assured"]["authenticated_how"] == "step_up"
    assert told(service, verification) == ["begun", "authenticated", "succeeded"]


async def test_what_a_page_is_not_enough_for_a_step_up_is(service):
    person = await service.applicant("step-up-2")
    application = {"item": STEPPED_UP, "form": FORM}

    before = await refused(person.post("/v1/cases", application), 403, "step-up-needed")
    verification = await begun(service, person, "step_up", purpose=STEPPED_UP)
    await service.back(verification, code="step-up-2")
    await service.profiled(verification, stepped_up=True)
    session = (await service.result(verification)).body["session"]
    after = await Visitor(service.http, session).post("/v1/cases", application)

    assert before.body["missing"] == [
        {"part": "authenticated_how", "needed": "step_up or window", "scope": "step_up"}
    ]
    assert after.status == 201, after.body


@pytest.mark.parametrize("scope", ["step_up", "form_filling"])
async def test_somebody_else_on_the_page_ends_it(service, scope):
    person = await service.applicant("the-one")
    verification = await begun(service, person, scope)

    await service.back(verification, code="another-one")

    result = await service.result(verification)
    assert result.body == {"status": "failed", "reason": "another_person"}
    assert told(service, verification) == ["begun", "failed"]


async def test_a_profile_is_no_step_up_and_a_step_up_no_profile(service):
    person = await service.applicant("mixed")
    step_up, another = await begun(service, person, "step_up"), await service.begin()
    await service.back(step_up, code="mixed")
    await service.back(another, code="mixed")

    await refused(service.profiled(step_up), 400, "callback-refused")
    await refused(service.profiled(another, stepped_up=True), 400, "callback-refused")

    assert told(service, step_up) == told(service, another) == ["begun", "authenticated"]


async def test_claims_for_a_form_go_to_whoever_began_and_stand_sealed(service):
    person = await service.applicant("form-1")
    verification = await begun(service, person, "form_filling")
    await service.back(verification, code="form-1")
    await service.profiled(verification)

    result = await service.result(verification)

    assert result.body["claims"] == {"name_zh": NAME, "document_number": NUMBER}
    assert "session" not in result.body
    entries = service.ledger.entries(UUID(verification["id"]), opened=False)
    assert not [e for e in entries if NAME in str(clear_fields(e.event))]


@pytest.mark.parametrize("scope", ["step_up", "form_filling", "signing"])
async def test_beyond_a_profile_an_applicant_has_to_be_asking(service, scope):
    body = {"method": "iamsmart", "purpose": ITEM, "scope": scope}
    if scope == "signing":
        body |= {"case_id": str(UUID(int=1)), "document_digest": "ab" * 32}

    await refused(service.anyone.post("/v1/verifications", body), 401, "unauthenticated")
    await refused(service.official("clerk").post("/v1/verifications", body), 403, "forbidden")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scope": "signing"}, "$.case_id"),
        ({"scope": "signing", "case_id": str(UUID(int=1))}, "$.document_digest"),
        ({"scope": "step_up", "case_id": str(UUID(int=1))}, "$.case_id"),
        ({"document_digest": "ab" * 32}, "$.document_digest"),
        ({"document_digest": "AB" * 32}, "$.document_digest"),
        ({"scope": "everything"}, "$.scope"),
    ],
)
async def test_a_scope_asked_for_wrongly_names_the_field(service, changes, field):
    person = await service.applicant()

    answer = await person.post(
        "/v1/verifications", {"method": "iamsmart", "purpose": ITEM, **changes}
    )

    assert (answer.status, answer.body["field"]) == (400, field)


async def signing(service, account):
    """Open a case that wants its commitment signed; return who, which, and its wording."""
    person = await service.applicant(account)
    item = service.ledger.book.catalogue.current(SIGNABLE)
    digest = await person.upload()
    kinds = [each.id for each in item.materials if not each.by_commitment]
    body = {"item": SIGNABLE, "form": FORM, "materials": dict.fromkeys(kinds, digest)}
    opened = await person.post("/v1/cases", body)
    assert opened.status == 201, opened.body
    wording = sha256(item.commitment.text.hant.encode()).hexdigest()
    commitment = {
        "materials": [each.id for each in item.materials if each.by_commitment],
        "text_digest": wording,
        "language": "hant",
    }
    return person, opened.body["case_id"], commitment


async def test_a_commitment_is_signed_with_the_provider_and_then_counts(service):
    person, case, commitment = await signing(service, "signer-1")
    wording = commitment["text_digest"]
    unsigned = await refused(person.act(case, "commitments", commitment), 403, "step-up-needed")

    verification = await begun(
        service, person, "signing", purpose=SIGNABLE, case_id=case, document_digest=wording
    )
    await service.back(verification, code="signer-1")
    await service.profiled(verification, digest=wording, signature="signature-1")
    result = await service.result(verification)
    given = await person.act(
        case, "commitments", commitment | {"verification": verification["id"]}
    )

    assert unsigned.body["missing"][0]["scope"] == "signing"
    assert service.provider.asked[-1] == (
        Scope.SIGNING,
        Document(digest=bytes.fromhex(wording), name=SIGNABLE),
    )
    assert service.provider.acknowledged[-1].signature == b"signature-1"
    assert result.body["document_digest"] == wording
    assert "session" not in result.body
    assert given.status == 200, given.body
    [*_, signed] = service.ledger.entries(UUID(verification["id"]))
    assert signed.name == "document.signed.v1"
    assert signed.event.signature == b"signature-1"
    [*_, committed] = service.ledger.entries(UUID(case))
    assert committed.event.signature_digest == sha256(b"signature-1").hexdigest()


async def test_who_signs_is_shown_the_digits_to_compare_before_the_providers_page(service):
    account = "second-page-with-digits"
    person, case, commitment = await signing(service, account)
    verification = await begun(
        service,
        person,
        "signing",
        purpose=SIGNABLE,
        case_id=case,
        document_digest=commitment["text_digest"],
    )

    back = await service.back(verification, code=account)

    page = back.content.decode()
    assert back.status == 200
    assert "<strong>0042</strong>" in page
    assert "識別碼" in page
    assert 'href="https://provider.example/page/consent/' in page
    assert back.headers["Cache-Control"] == "no-store"


async def test_a_signature_of_another_document_is_none(service):
    person, case, commitment = await signing(service, "signer-2")
    verification = await begun(
        service,
        person,
        "signing",
        purpose=SIGNABLE,
        case_id=case,
        document_digest=commitment["text_digest"],
    )
    await service.back(verification, code="signer-2")

    another = service.profiled(verification, digest="ab" * 32, signature="x")

    await refused(another, 400, "callback-refused")
    assert told(service, verification) == ["begun", "authenticated"]


async def test_a_signature_for_one_case_is_none_for_another(service):
    person, first, commitment = await signing(service, "signer-3")
    _, second, _ = await signing(service, "signer-3")
    wording = commitment["text_digest"]
    verification = await begun(
        service, person, "signing", purpose=SIGNABLE, case_id=first, document_digest=wording
    )
    await service.back(verification, code="signer-3")
    await service.profiled(verification, digest=wording, signature="y")
    named = commitment | {"verification": verification["id"]}

    elsewhere = person.act(second, "commitments", named)

    await refused(elsewhere, 422, "command-rejected")
    assert (await person.act(first, "commitments", named)).status == 200


async def test_what_is_signed_stays_signed_though_nobody_takes_the_acknowledgement(service):
    person, case, commitment = await signing(service, "signer-4")
    wording = commitment["text_digest"]
    verification = await begun(
        service, person, "signing", purpose=SIGNABLE, case_id=case, document_digest=wording
    )
    await service.back(verification, code="signer-4")

    answer = await service.profiled(verification, digest=wording, signature="unwanted")

    assert answer.status == 200
    assert (await service.result(verification)).body["status"] == "succeeded"


async def test_a_profile_that_comes_for_a_signature_signs_nothing(service):
    person, case, commitment = await signing(service, "signer-5")
    verification = await begun(
        service,
        person,
        "signing",
        purpose=SIGNABLE,
        case_id=case,
        document_digest=commitment["text_digest"],
    )
    await service.back(verification, code="signer-5")

    await refused(service.profiled(verification), 400, "callback-refused")

    assert (await service.result(verification)).body == {"status": "pending"}
