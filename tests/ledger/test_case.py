"""The fold: what each event makes of a case, along the main line and its exits."""

from datetime import date

import pytest
from msgspec.structs import replace

from ledger.actor import CLOCK, Actor
from ledger.case import Status, evolve, fold
from ledger.commands import Command, DeemAccepted
from ledger.errors import LogDamaged
from ledger.log_events import LogBegan
from tests.ledger.cases import (
    ACCEPT,
    APPLICANT,
    APPROVER,
    CASE,
    CLERK,
    CLOSE,
    COMMIT,
    GRANT,
    ITEM,
    NOON,
    REVIEW,
    REVIEWER,
    SERVE,
    TOLERATE,
    at,
    correction,
    supplement,
)
from tests.ledger.procedure import closed, correcting, received, served, tolerated


def test_a_case_goes_from_receipt_to_closure():
    given = received("plan")
    steps: list[tuple[Command, Actor]] = [
        (TOLERATE, CLERK),
        (supplement("plan"), APPLICANT),
        (REVIEW, REVIEWER),
        (GRANT, APPROVER),
        (SERVE, CLERK),
        (CLOSE, CLERK),
    ]

    statuses = [given.do(command, actor).status for command, actor in steps]

    assert statuses == [
        Status.ACCEPTED_WITH_TOLERANCE,
        Status.ACCEPTED_WITH_TOLERANCE,
        Status.UNDER_REVIEW,
        Status.GRANTED,
        Status.SERVED,
        Status.CLOSED,
    ]
    assert [entry.name for entry in given.entries] == [
        "applicant.verified.v1",
        "application.received.v1",
        "application.accepted_with_tolerance.v1",
        "supplement.submitted.v1",
        "case.reviewed.v1",
        "case.granted.v1",
        "decision.served.v1",
        "case.closed.v1",
    ]


def test_a_verification_alone_leaves_a_draft():
    draft = fold(received().entries[:1])

    assert draft is not None
    assert draft.status is Status.DRAFT
    assert (draft.item, draft.item_version) == (ITEM.id, ITEM.version)
    assert draft.subject == APPLICANT.principal


def test_a_receipt_makes_the_case_what_it_is():
    case = received("plan").case

    assert case.id == CASE
    assert case.authority == "gd.shops"
    assert case.receipt == "GD20260210-CEIR-CEJC"
    assert (case.received_on, case.received_at) == (date(2026, 2, 10), NOON)
    assert case.submitted == {"application", "premises"}
    assert set(case.duties) == {"intake"}
    assert not case.corrected_by_notice


def test_a_notice_is_remembered_with_what_it_told():
    case = correcting("application", "form").case

    assert case.told == {"application", "form"}
    assert case.corrected_by_notice
    assert set(case.duties) == {"correction"}


def test_a_correction_adds_to_what_was_handed_in():
    given = correcting("application").at(at("2026-02-12 09:00"))

    case = given.do(correction("application"), APPLICANT).case

    assert case.status is Status.RECEIVED
    assert case.submitted == {"application", "plan", "premises"}
    assert (case.received_on, case.received_at) == (date(2026, 2, 12), given.now)
    assert case.duties["intake"].counted_from == date(2026, 2, 12)
    assert set(case.duties) == {"intake"}
    assert case.corrected_by_notice


def test_an_accepted_case_is_to_be_decided_by_the_promised_day():
    given = received()

    [answer] = given.decide(ACCEPT, CLERK)
    case = given.do(ACCEPT, CLERK).case

    assert case.status is Status.ACCEPTED
    assert case.duties == {
        "decision": answer.event.decision_due,
        "statutory_decision": answer.event.statutory_due,
    }


def test_a_case_deemed_accepted_is_to_be_decided_as_if_it_had_been_accepted_on_receipt():
    case = received().at(at("2026-02-25 00:00")).do(DeemAccepted(case_id=CASE), CLOCK).case

    assert case.status is Status.ACCEPTED
    assert set(case.duties) == {"decision", "statutory_decision"}
    assert case.duties["decision"].counted_from == NOON.date()


def test_a_tolerated_case_owes_its_deferred_material():
    case = tolerated().case

    assert case.owed == {"plan"}
    assert case.duties["supplement"] == case.deferred[0].due
    assert set(case.duties) == {"decision", "statutory_decision", "supplement"}


def test_a_case_knows_what_was_committed_to():
    given = received("premises").do(COMMIT, APPLICANT)

    assert given.case.committed == {"premises"}


def test_a_review_remembers_who_made_it():
    case = received().do(ACCEPT, CLERK).do(REVIEW, REVIEWER).case

    assert case.reviewers == {REVIEWER.id}
    assert case.recommendation == "grant"
    assert set(case.duties) == {"decision", "statutory_decision"}


def test_a_decision_is_to_be_served_and_stays_known():
    case = served().case

    assert case.decision is Status.GRANTED
    assert case.status is Status.SERVED


def test_a_case_knows_when_it_was_opened_and_last_changed():
    given = received().at(at("2026-02-11 12:00")).do(ACCEPT, CLERK)

    assert given.case.opened_at == NOON
    assert given.case.changed_at == given.now
    assert given.case.version == 3


def test_folding_everything_again_gives_the_same_case():
    given = closed()

    assert fold(given.entries) == given.case


def test_nothing_folds_to_nothing():
    assert fold([]) is None


def test_replay_refuses_nothing_that_was_once_recorded():
    given = closed()
    reopened = replace(given.entries[2], version=len(given.entries) + 1)

    assert evolve(given.case, reopened).status is Status.ACCEPTED


def test_an_event_of_another_kind_in_a_case_is_damage():
    stranger = replace(received().entries[0], event=LogBegan(origin="elsewhere"))

    with pytest.raises(LogDamaged, match=r"version 1 of case .* is a log\.began"):
        fold([stranger])
