"""Who may open a case, with what, and what they are given for it."""

from dataclasses import replace
from datetime import date

import pytest

from ledger.errors import CommandRejected, NotAllowed
from ledger.events import ApplicantVerified, ApplicationReceived
from tests.ledger.cases import (
    AGENT,
    ALL,
    APPLICANT,
    FORM,
    ITEM,
    NOON,
    SUBMIT,
    VERIFIED,
    assured,
    at,
)
from tests.ledger.procedure import Procedure, received


def test_an_application_is_received_after_its_verification():
    verified, receipt = Procedure().decide(SUBMIT, APPLICANT)

    assert verified.event == ApplicantVerified(
        verification=VERIFIED.verification,
        jurisdiction="CN-HK",
        method="iamsmart",
        assured=VERIFIED.assured,
    )
    assert verified.effective_at == VERIFIED.assured.authenticated_at
    assert isinstance(receipt.event, ApplicationReceived)
    assert receipt.effective_at == NOON
    assert receipt.legal_basis == "Licensing Law art. 32"


def test_the_receipt_says_what_was_handed_in_and_when_an_answer_is_due():
    _, receipt = Procedure().decide(SUBMIT, APPLICANT)

    event = receipt.event
    assert isinstance(event, ApplicationReceived)
    assert event.authority == "gd.shops"
    assert event.receipt == "GD20260210-CEIR-CEJC"
    assert event.received_on == date(2026, 2, 10)
    assert event.intake_due.due == date(2026, 2, 24)
    assert event.materials == ("application", "plan", "premises")
    assert event.digests == ALL
    assert event.form == FORM


def test_the_day_of_receipt_is_the_authoritys_and_not_utcs():
    early = Procedure().at(at("2026-02-11 00:30"))

    _, receipt = early.decide(SUBMIT, APPLICANT)

    assert isinstance(receipt.event, ApplicationReceived)
    assert receipt.event.received_on == date(2026, 2, 11)


def test_an_agent_applies_for_the_principal():
    given = Procedure().do(SUBMIT, AGENT)

    assert given.case.subject == AGENT.principal
    assert given.entries[0].actor == AGENT


def test_a_case_is_opened_once():
    given = received()

    with pytest.raises(CommandRejected, match="already open"):
        given.decide(SUBMIT, APPLICANT)


def test_nobody_applies_without_having_proved_who_they_are():
    given = Procedure()
    given.verified = None

    with pytest.raises(NotAllowed, match="begin a verification"):
        given.decide(SUBMIT, APPLICANT)


def test_an_applicant_from_the_authoritys_own_region_is_welcome():
    given = Procedure()
    given.verified = replace(VERIFIED, jurisdiction="CN-GD")

    assert given.decide(SUBMIT, APPLICANT)


def test_assurance_that_is_just_enough_is_enough():
    given = Procedure()
    given.verified = replace(VERIFIED, assured=assured(NOON, level=ITEM.least_assurance))

    assert given.decide(SUBMIT, APPLICANT)


@pytest.mark.parametrize(
    ("lacking", "because"),
    [
        ({"method": "counter"}, "accepts iamsmart, not counter"),
        ({"assured": assured(NOON, level=1)}, "more surely: level"),
        ({"jurisdiction": "CN-MO"}, "not open to applicants from CN-MO"),
    ],
)
def test_a_verification_must_be_one_the_item_accepts(lacking, because):
    given = Procedure()
    given.verified = replace(VERIFIED, **lacking)

    with pytest.raises(NotAllowed, match=because):
        given.decide(SUBMIT, APPLICANT)


def test_an_empty_form_is_refused():
    with pytest.raises(CommandRejected, match="form: "):
        Procedure().decide(replace(SUBMIT, form={}), APPLICANT)


def test_a_material_the_item_does_not_know_is_refused():
    surplus = replace(SUBMIT, materials=ALL | {"portrait": ALL["plan"]})

    with pytest.raises(CommandRejected, match="no portrait"):
        Procedure().decide(surplus, APPLICANT)


@pytest.mark.parametrize("digest", ["ab", "A" * 64, "a" * 63, "a" * 65, "g" * 64])
def test_a_digest_is_a_sha256_in_lower_case_hex(digest):
    with pytest.raises(CommandRejected, match="SHA-256 in lower-case hex"):
        Procedure().decide(replace(SUBMIT, materials={"plan": digest}), APPLICANT)
