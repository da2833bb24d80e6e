"""全程网办: who applied in another region may have the result told to their own."""

import pytest

from ledger.commands import AcceptApplication, GrantCase, ReviewCase, SubmitApplication
from ledger.consent import named_in
from ledger.consent_commands import WithdrawConsent
from ledger.consents import Consents
from ledger.errors import CommandRejected
from ledger.handover.handover import incoming_id
from tests.ledger.cases import ALL, APPLICANT, APPROVER, CASE, FORM, REVIEWER
from tests.ledger.cases import CLERK as GD_CLERK
from tests.ledger.handover.regions import GD, GX, ITEM, changed, pseudonym, settle

SUBMIT = SubmitApplication(case_id=CASE, item=ITEM.id, form=FORM, materials=ALL, inform=GX)


def test_the_result_is_told_and_no_step_before_it(gd, gx):
    consent = gd.agree(APPLICANT, GX)
    gd.do(SUBMIT, APPLICANT)
    gd.do(AcceptApplication(case_id=CASE), GD_CLERK)
    gd.do(ReviewCase(case_id=CASE, recommendation="grant", findings="fine"), REVIEWER)
    settle(gx, gd)
    assert gx.named("message.received.v1") == []

    gd.do(GrantCase(case_id=CASE, result="licence 1"), APPROVER)
    settle(gx, gd)

    handover = gx.handover(incoming_id(GD, CASE))
    assert (handover.mode, handover.status) == ("online", "GRANTED")
    assert gx.named("handover.progressed.v1")[0].event.details == {"result": "licence 1"}
    account = f"{GD}>{GX}>{APPLICANT.principal}"
    assert handover.subject == pseudonym(GD, "pprd", account)
    [followed] = gd.named("case.followed.v1")
    assert named_in(followed.legal_basis) == consent.id


def test_no_region_is_told_without_a_consent_that_names_it(gd):
    gd.agree(APPLICANT, GD)

    with pytest.raises(CommandRejected, match="has not agreed that data go to CN-GX"):
        gd.do(SUBMIT, APPLICANT)

    assert gd.named("application.received.v1") == []


def test_a_result_after_the_consent_was_withdrawn_is_not_told(gd, gx):
    consent = gd.agree(APPLICANT, GX)
    gd.do(SUBMIT, APPLICANT)
    gd.do(AcceptApplication(case_id=CASE), GD_CLERK)
    gd.do(ReviewCase(case_id=CASE, recommendation="grant", findings="fine"), REVIEWER)
    Consents(gd.ledger).give(WithdrawConsent(consent=consent.id), APPLICANT)
    gd.agree(APPLICANT, "CN-FJ")

    gd.do(GrantCase(case_id=CASE, result="licence 1"), APPROVER)
    settle(gx, gd)

    assert gd.named("message.sent.v1") == []
    assert gd.case(CASE).follower is not None


def test_nobody_is_told_who_was_not_asked_to_be(gd, gx):
    gd.do(changed(SUBMIT, inform=None), APPLICANT)
    settle(gx, gd)

    assert gd.named("message.sent.v1") == []


def test_only_a_partner_region_can_be_informed(gd):
    with pytest.raises(CommandRejected, match="no partner region"):
        gd.do(changed(SUBMIT, inform="CN-FJ"), APPLICANT)
