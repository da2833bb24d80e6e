"""Between receipt and acceptance: told once, mended, accepted, or turned away."""

from dataclasses import replace
from datetime import date

import pytest

from ledger.case import Status
from ledger.commands import DeclareNotRequired, RejectAtIntake, RequestCorrection
from ledger.errors import CommandRejected
from ledger.events import (
    ApplicationAccepted,
    CorrectionRequested,
    CorrectionSubmitted,
    NotRequired,
    RejectedAtIntake,
)
from ledger.rules.remedies import MAINLAND
from tests.ledger.cases import (
    ACCEPT,
    APPLICANT,
    CASE,
    CLERK,
    FORM,
    HK_ITEM,
    NOON,
    REVIEWER,
    SUBMIT,
    at,
    correction,
    files,
    official,
)
from tests.ledger.procedure import correcting, received

NOTICE = RequestCorrection(case_id=CASE, deficiencies={"application": "page 2", "form": "name"})
REJECT = RejectAtIntake(case_id=CASE, competent_body="gd.other", reasons="another district")
NEEDLESS = DeclareNotRequired(case_id=CASE, reasons="a stall needs no licence")


# Correction


def test_a_notice_names_every_deficiency_and_gives_ten_days():
    [notice] = received().decide(NOTICE, CLERK)

    assert notice.event == CorrectionRequested(
        materials=("application", "form"),
        due=notice.event.due,
        deficiencies={"application": "page 2", "form": "name"},
    )
    assert (notice.event.due.counted_from, notice.event.due.working_days) == (NOON.date(), 10)
    assert notice.effective_at == NOON
    assert notice.legal_basis == "Licensing Law art. 32(4)"


def test_deficiencies_are_told_once():
    given = correcting("application").do(correction("application"), APPLICANT)

    with pytest.raises(CommandRejected, match="told once already"):
        given.decide(NOTICE, CLERK)


def test_a_notice_names_something():
    with pytest.raises(CommandRejected, match="name at least one"):
        received().decide(replace(NOTICE, deficiencies={}), CLERK)


def test_a_notice_asks_for_nothing_the_item_does_not_know():
    surplus = replace(NOTICE, deficiencies={"portrait": "missing"})

    with pytest.raises(CommandRejected, match="no portrait"):
        received().decide(surplus, CLERK)


def test_a_correction_starts_the_intake_term_again():
    given = correcting("application", "form").at(at("2026-02-12 09:00"))

    [mended] = given.decide(correction("application", form=True), APPLICANT)

    event = mended.event
    assert isinstance(event, CorrectionSubmitted)
    assert event.received_on == date(2026, 2, 12)
    assert event.intake_due.due == date(2026, 2, 26)
    assert (event.materials, event.digests) == (("application",), files("application"))
    assert event.form == FORM
    assert (mended.effective_at, mended.legal_basis) == (
        given.now,
        "Licensing Law art. 32(5)",
    )


def test_a_correction_brings_everything_the_notice_named():
    given = correcting("application", "form")

    with pytest.raises(CommandRejected, match="also named form"):
        given.decide(correction("application"), APPLICANT)
    with pytest.raises(CommandRejected, match="also named application"):
        given.decide(correction(form=True), APPLICANT)


def test_a_correction_may_bring_more_than_the_notice_named():
    given = correcting("application")

    assert given.decide(correction("application", "plan", form=True), APPLICANT)


def test_a_correction_brings_only_materials_of_the_item():
    given = correcting("application")

    with pytest.raises(CommandRejected, match="no portrait"):
        given.decide(correction("application", "portrait"), APPLICANT)


# Acceptance


def test_a_complete_application_is_accepted_with_both_terms():
    [accepted] = received().decide(ACCEPT, CLERK)

    event = accepted.event
    assert isinstance(event, ApplicationAccepted)
    assert event.decision_due.working_days == 10
    assert event.statutory_due.due == date(2026, 3, 16)
    assert (accepted.effective_at, accepted.legal_basis) == (NOON, "Licensing Law art. 32(5)")


@pytest.mark.parametrize("lacking", ["application", "plan"])
def test_an_application_that_lacks_a_material_is_not_accepted(lacking):
    with pytest.raises(CommandRejected, match=f"still missing: {lacking}; request"):
        received(lacking).decide(ACCEPT, CLERK)


def test_what_a_commitment_may_replace_need_not_be_there():
    assert received("premises").decide(ACCEPT, CLERK)


# Turning away


def test_a_rejection_names_the_competent_body_reasons_and_remedies():
    [rejected] = received().decide(REJECT, REVIEWER)

    assert rejected.event == RejectedAtIntake(
        competent_body="gd.other", remedies=MAINLAND, reasons="another district"
    )
    assert (rejected.effective_at, rejected.legal_basis) == (NOON, "Licensing Law art. 32(2)")


def test_a_matter_that_needs_no_licence_is_told_so():
    [told] = received().decide(NEEDLESS, REVIEWER)

    assert told.event == NotRequired(remedies=MAINLAND, reasons="a stall needs no licence")
    assert (told.effective_at, told.legal_basis) == (NOON, "Licensing Law art. 32(1)")


def test_a_rejection_without_a_competent_body_is_refused():
    with pytest.raises(CommandRejected, match="competent_body: "):
        received().decide(replace(REJECT, competent_body=" "), REVIEWER)


@pytest.mark.parametrize("command", [REJECT, NEEDLESS])
def test_nobody_is_turned_away_without_reasons(command):
    with pytest.raises(CommandRejected, match="reasons: "):
        received().decide(replace(command, reasons=" "), REVIEWER)


@pytest.mark.parametrize("command", [REJECT, NEEDLESS])
def test_remedies_named_stand_in_place_of_the_mainlands(command):
    [decided] = received().decide(replace(command, remedies=("ask the board",)), REVIEWER)

    assert decided.event.remedies == ("ask the board",)


@pytest.mark.parametrize("command", [REJECT, NEEDLESS])
def test_in_hong_kong_remedies_must_be_named(command):
    given = received(item=HK_ITEM)

    with pytest.raises(CommandRejected, match="remedies: "):
        given.decide(command, official(REVIEWER.role, "hk.shops"))


# The end of intake


@pytest.mark.parametrize("command", [NOTICE, ACCEPT, REJECT, NEEDLESS])
def test_nothing_is_decided_at_intake_once_its_term_is_over(command):
    given = received().at(at("2026-02-25 00:00"))

    with pytest.raises(CommandRejected, match="counts as accepted"):
        given.decide(command, REVIEWER)


@pytest.mark.parametrize("command", [NOTICE, ACCEPT, REJECT, NEEDLESS])
def test_the_last_moment_of_the_term_is_still_within_it(command):
    given = received().at(at("2026-02-24 23:59"))

    assert given.decide(command, REVIEWER)


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (NOTICE, Status.CORRECTION_REQUESTED),
        (REJECT, Status.REJECTED_AT_INTAKE),
        (NEEDLESS, Status.NOT_REQUIRED),
        (ACCEPT, Status.ACCEPTED),
    ],
)
def test_each_answer_leads_to_its_status(command, status):
    assert received().do(command, REVIEWER).status == status


@pytest.mark.parametrize("command", [REJECT, NEEDLESS])
def test_whoever_was_turned_away_is_owed_nothing_more(command):
    assert received().do(command, REVIEWER).case.duties == {}


def test_a_new_application_after_a_rejection_is_another_case():
    given = received().do(REJECT, REVIEWER)

    with pytest.raises(CommandRejected, match="already open"):
        given.decide(SUBMIT, APPLICANT)


def test_a_notice_says_what_is_wrong_with_each():
    with pytest.raises(CommandRejected, match="say what is wrong"):
        received().decide(RequestCorrection(case_id=CASE, deficiencies={"plan": "  "}), CLERK)
