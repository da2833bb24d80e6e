"""Restrict, then erase: by whom, in which order, and not while a case is open."""

from uuid import UUID

import pytest

from ledger.actor import Actor, Channel, Role
from ledger.case import Case, Status
from ledger.errors import CommandRejected, NotAllowed
from ledger.rules.subjects import ON_PERSONS, check_free, decide_subject
from ledger.subject_commands import GROUNDS, EraseSubject, LiftRestriction, RestrictSubject
from ledger.subject_events import (
    RestrictionLifted,
    Standing,
    SubjectErased,
    SubjectRestricted,
)
from tests.ledger.cases import NOON

OPERATOR = Actor(role=Role.OPERATOR, id="7", principal="7", channel=Channel.SYSTEM)
OFFICER = Actor(role=Role.DATA_PROTECTION, id="8", principal="8", channel=Channel.SYSTEM)
RESTRICT = RestrictSubject(subject="subject-1", basis="pipl-44")
LIFT = LiftRestriction(subject="subject-1")
ERASE = EraseSubject(subject="subject-1", basis="cap486-26")
OVER = {"CLOSED", "WITHDRAWN", "LAPSED", "REJECTED_AT_INTAKE", "NOT_REQUIRED"}


def case(status):
    return Case(
        id=UUID(int=1),
        version=1,
        status=Status(status),
        item="gd.shop-licence",
        item_version=1,
        subject="subject-1",
        opened_at=NOON,
        changed_at=NOON,
        receipt="GD-1",
    )


@pytest.mark.parametrize("command", [RESTRICT, LIFT, ERASE])
@pytest.mark.parametrize("role", [role for role in Role if role not in ON_PERSONS])
def test_only_those_who_answer_for_persons_may(command, role):
    other = Actor(role=role, id="1", principal="1", channel=Channel.WINDOW)

    with pytest.raises(NotAllowed, match="for the operator"):
        decide_subject(command, Standing.RESTRICTED, other, [])


@pytest.mark.parametrize(
    ("command", "standing", "event"),
    [
        (RESTRICT, Standing.FREE, SubjectRestricted(ground="pipl-44")),
        (LIFT, Standing.RESTRICTED, RestrictionLifted()),
        (ERASE, Standing.RESTRICTED, SubjectErased(ground="cap486-26")),
    ],
)
def test_each_step_follows_the_one_before(command, standing, event):
    assert decide_subject(command, standing, OPERATOR, []) == event
    assert decide_subject(command, standing, OFFICER, []) == event


@pytest.mark.parametrize(
    ("command", "standing", "why"),
    [
        (RESTRICT, Standing.RESTRICTED, "restricted already"),
        (RESTRICT, Standing.ERASED, "was erased"),
        (LIFT, Standing.FREE, "not restricted"),
        (LIFT, Standing.ERASED, "was erased"),
        (ERASE, Standing.FREE, "restrict this person first"),
        (ERASE, Standing.ERASED, "was erased"),
    ],
)
def test_no_step_is_skipped_or_taken_twice(command, standing, why):
    with pytest.raises(CommandRejected, match=why):
        decide_subject(command, standing, OPERATOR, [])


@pytest.mark.parametrize("status", list(Status))
def test_nobody_is_erased_before_every_case_is_over(status):
    cases = [case("CLOSED"), case(status)]

    if status in OVER:
        assert decide_subject(ERASE, Standing.RESTRICTED, OPERATOR, cases)
    else:
        with pytest.raises(CommandRejected, match="open cases: GD-1"):
            decide_subject(ERASE, Standing.RESTRICTED, OPERATOR, cases)


@pytest.mark.parametrize("command", [RESTRICT, LIFT])
def test_an_open_case_hinders_no_restriction(command):
    standing = Standing.FREE if command is RESTRICT else Standing.RESTRICTED

    assert decide_subject(command, standing, OPERATOR, [case("UNDER_REVIEW")])


def test_nothing_is_begun_with_who_is_restricted_or_erased():
    check_free(Standing.FREE)

    for standing in (Standing.RESTRICTED, Standing.ERASED):
        with pytest.raises(NotAllowed):
            check_free(standing)


def test_every_ground_names_its_law():
    assert set(GROUNDS) == {"pipl-44", "pipl-47", "cap486-26"}
    assert all("art." in law or "s." in law for law in GROUNDS.values())
