"""What goes to another region by consent: not without one, nor once it is withdrawn."""

from dataclasses import replace

import pytest

from ledger.commands import (
    AcceptApplication,
    RequestCorrection,
    RequestJointReview,
    ReviewCase,
)
from ledger.consent import named_in
from ledger.consent_commands import WithdrawConsent
from ledger.consents import Consents
from ledger.errors import CommandRejected
from ledger.handover import CorrectHandover
from ledger.handover.handover import incoming_id
from tests.ledger.cases import APPLICANT, REVIEWER, files
from tests.ledger.cases import CLERK as GD_CLERK
from tests.ledger.handover.regions import (
    BEGIN,
    CASE,
    CLERK,
    GD,
    GX,
    HANDOVER,
    ITEM,
    changed,
    settle,
)
from tests.ledger.handover.test_joint import ASK, REVIEW_ID, WITHDRAW

THERE = incoming_id(GD, REVIEW_ID)
BY_CONSENT: RequestJointReview = changed(ASK, basis="consent")
CORRECT = CorrectHandover(handover=HANDOVER, materials=files("premises"))


def withdraw(region, by, consent):
    return Consents(region.ledger).give(WithdrawConsent(consent=consent.id), by)


@pytest.fixture
def person(gd, gx):
    """Somebody whose case Guangdong reviews, as they are known there."""
    gx.begin()
    settle(gx, gd)
    gd.do(AcceptApplication(case_id=CASE), GD_CLERK)
    gd.do(ReviewCase(case_id=CASE, recommendation="grant", findings="fine"), REVIEWER)
    subject = gd.case().subject
    return replace(APPLICANT, id=subject, principal=subject)


def test_an_opinion_is_asked_by_consent_only_while_one_stands(gd, person):
    with pytest.raises(CommandRejected, match="has not agreed that data go to CN-GX"):
        gd.do(BY_CONSENT, REVIEWER)
    consent = gd.agree(person, GX)
    withdraw(gd, person, consent)
    with pytest.raises(CommandRejected, match="has not agreed that data go to CN-GX"):
        gd.do(BY_CONSENT, REVIEWER)

    anew = gd.agree(replace(person, id="clerk-1", role=CLERK.role, authority="gd.shops"), GX)
    gd.do(BY_CONSENT, REVIEWER)

    [asked] = gd.named("joint_review.requested.v1")
    assert named_in(asked.legal_basis) == anew.id
    assert (anew.how, anew.witness) == ("window", "clerk-1")


def test_a_question_not_sent_by_then_is_not_sent_after_a_withdrawal(gd, gx, person):
    consent = gd.agree(person, GX)
    gd.do(BY_CONSENT, REVIEWER)
    withdraw(gd, person, consent)

    settle(gx, gd)

    assert gx.named("handover.review_received.v1") == []


def test_no_material_follows_a_message_once_its_consent_is_withdrawn(gd, gx, person):
    consent = gd.agree(person, GX)
    gd.do(BY_CONSENT, REVIEWER)
    gd.correspondence.catch_up()
    asked = gd.outbox.pending(GX)[-1]
    assert asked.materials
    assert gd.outbox.may_follow(GX, asked.sequence)

    withdraw(gd, person, consent)

    assert not gd.outbox.may_follow(GX, asked.sequence)
    settle(gx, gd)
    assert gx.handover(THERE).status == "OPINION_ASKED"


def test_that_an_opinion_is_asked_no_more_is_told_after_a_withdrawal_too(gd, gx, person):
    consent = gd.agree(person, GX)
    gd.do(BY_CONSENT, REVIEWER)
    settle(gx, gd)
    withdraw(gd, person, consent)

    gd.do(WITHDRAW, REVIEWER)
    settle(gx, gd)

    assert gx.handover(THERE).status == "WITHDRAWN"


def test_the_register_of_transfers_names_the_consent(gd, gx, person):
    consent = gd.agree(person, GX)
    gd.do(BY_CONSENT, REVIEWER)
    settle(gx, gd)

    by_consent = [t for t in gd.named("transfer.recorded.v1") if named_in(t.event.basis)]
    assert [named_in(each.event.basis) for each in by_consent] == [consent.id]
    [transfer] = by_consent
    assert transfer.subject == person.principal
    assert (transfer.event.recipient, transfer.event.purpose) == (GX, ITEM.id)
    assert "materials" in transfer.event.categories


def test_a_handover_goes_no_further_once_its_consent_is_withdrawn(gd, gx):
    consent = gx.agree(CLERK, GD)
    gx.begin(changed(BEGIN, basis="consent"))
    settle(gx, gd)
    gd.do(RequestCorrection(case_id=CASE, deficiencies={"premises": "missing"}), GD_CLERK)
    settle(gx, gd)
    assert gx.handover().consent == consent.id

    withdraw(gx, CLERK, consent)

    with pytest.raises(CommandRejected, match="takes it back"):
        gx.give(CORRECT, CLERK)
    gx.agree(CLERK, GD)
    assert gx.give(CORRECT, CLERK).status == "CORRECTION_FORWARDED"
