"""Whatever is asked, by whomever, in whatever order: what must hold of every case."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.actor import CLOCK
from ledger.case import Status, evolve, fold
from ledger.commands import (
    DeclareNotRequired,
    RecomputeDeadline,
    RejectAtIntake,
    WithdrawApplication,
)
from ledger.errors import CaseNotFound, CommandRejected
from ledger.events import (
    ApplicantVerified,
    ApplicationReceived,
    ApplicationWithdrawn,
    CaseClosed,
    NotRequired,
    RejectedAtIntake,
    ToleranceLapsed,
)
from tests.ledger.cases import (
    AGENT,
    ALL,
    APPLICANT,
    APPROVER,
    CASE,
    CLERK,
    NOON,
    REVIEWER,
    SUBMIT,
    VERIFIED,
    applicant,
    correction,
    official,
    supplement,
)
from tests.ledger.ledgers import OPENED, SetClock, check_log, opened
from tests.ledger.test_rules_states import TAKEN

LAST = (CaseClosed, ApplicationWithdrawn, RejectedAtIntake, NotRequired, ToleranceLapsed)
ACTORS = [
    APPLICANT,
    AGENT,
    CLERK,
    REVIEWER,
    APPROVER,
    CLOCK,
    applicant("applicant-2"),
    official(REVIEWER.role, "hk.shops"),
    official(APPROVER.role, id=REVIEWER.id),
]
EXITS = (WithdrawApplication, RejectAtIntake, DeclareNotRequired)
ASKED = [
    *((row[0], row[1], set() if isinstance(row[0], EXITS) else row[2]) for row in TAKEN),
    (SUBMIT, APPLICANT, set()),
    (correction("application", "plan", form=True), APPLICANT, {Status.CORRECTION_REQUESTED}),
    (supplement("premises"), AGENT, {Status.ACCEPTED, Status.UNDER_REVIEW}),
    (RecomputeDeadline(case_id=CASE, duty="intake"), CLOCK, set()),
    (RecomputeDeadline(case_id=CASE, duty="decision"), CLOCK, set()),
]
numbers = count(1)

steps = st.tuples(
    st.integers(0, 99),
    st.sampled_from(["fitting"] * 7 + ["any"]),
    st.sampled_from([None] * 20 + ACTORS),
    st.sampled_from([0] * 12 + [1, 30, -3]),
)

handed_in = st.sampled_from([{*ALL}, {*ALL} - {"plan"}, {"application"}, {"premises"}])


class World:
    """One ledger for every case that is tried, and the clock on its wall."""

    def __init__(self):
        self.clock = SetClock(NOON)
        self.ledger = opened("file:any-order?mode=memory&cache=shared", self.clock)
        OPENED.remove(self.ledger)

    def do(self, command, actor):
        """What was added, if anything was; nothing else may go wrong."""
        try:
            added = self.ledger.submit(
                command, actor, command_id=UUID(int=next(numbers)), verified=VERIFIED
            ).result()
        except (CommandRejected, CaseNotFound):
            return []
        return [*added.entries]

    def live(self, materials, steps):
        """The entries of a new case, of which all that is asked in `steps`."""
        case_id = UUID(int=next(numbers))
        submit = _of(SUBMIT, case_id, materials={kind: ALL[kind] for kind in materials})
        case = self.do(submit, APPLICANT)
        for number, asked, someone, days in steps:
            self.clock.now += timedelta(days=days)
            fitting = [row for row in ASKED if asked == "any" or _status(case) in row[2]]
            if fitting:
                command, actor, _ = fitting[number % len(fitting)]
                case += self.do(_of(command, case_id), someone or actor)
        return case


@pytest.fixture(scope="module")
def world():
    world = World()
    yield world
    check_log(world.ledger)
    world.ledger.close()


@given(materials=handed_in, steps=st.lists(steps, min_size=8, max_size=20))
def test_a_case_keeps_its_shape_whatever_is_asked_of_it(world, materials, steps):
    case = world.live(materials, steps)

    kinds = [type(entry.event) for entry in case]
    assert kinds[:2] == [ApplicantVerified, ApplicationReceived]
    assert not {ApplicantVerified, ApplicationReceived} & set(kinds[2:])
    assert not set(LAST) & set(kinds[:-1])
    assert [entry.version for entry in case] == list(range(1, len(case) + 1))
    case_id = case[0].stream
    assert world.ledger.find(case_id) == _step_by_step(case)
    assert world.ledger.entries(case_id) == case


def _of(command, case_id, **changes):
    return replace(command, case_id=case_id, **changes)


def _step_by_step(entries):
    case = None
    for entry in entries:
        case = evolve(case, entry)
    return case


def _status(entries):
    case = fold(entries)
    return case and case.status
