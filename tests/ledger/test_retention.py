"""When keeping ends: the last period of all, no hold, first a restriction and then the end."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as replaced

from ledger.actor import Actor, Channel, Role
from ledger.catalogue import Retention
from ledger.errors import CommandRejected, NotAllowed
from ledger.hold_commands import HoldData, ReleaseHold
from ledger.retention_events import DataHeld, HoldReleased, RetentionEnded
from ledger.rules.retention import (
    Ending,
    decide_hold,
    decide_retention,
    ended,
    ending,
    holds,
)
from ledger.subject_events import RestrictionLifted, SubjectErased, SubjectRestricted
from tests.ledger.cases import APPLICANT
from tests.ledger.examples import EXAMPLES

SUBJECT = "subject:1"
PERIODS = {
    None: Retention(years=3, basis="records"),
    "short": Retention(years=1, basis="a short law"),
    "long": Retention(years=10, basis="a long law"),
    "for ever": Retention(years=None, basis="archives"),
    "unsaid": None,
}
DAY = date(2026, 3, 2)
DUE = Ending(subject=SUBJECT, last_day=DAY, basis="a law", items=("short",))
HOLD = UUID(int=7)
OPERATOR = Actor(role=Role.OPERATOR, id="o", principal="o", channel=Channel.SYSTEM)
GRACE = timedelta(days=30)


def entries(*events):
    return [replaced(EXAMPLES["subject.restricted.v1"], event=each) for each in events]


def decided(before, today, due=DUE, others=()):
    return decide_retention(
        due, entries(*before), today=today, grace=GRACE, cases=(), others=others
    )


def on(day):
    return decided([], day)


def test_the_last_of_all_periods_counts_and_its_law_is_named():
    found = ending(SUBJECT, [("short", DAY), ("long", DAY), (None, DAY)], PERIODS.get)

    assert found == Ending(
        subject=SUBJECT,
        last_day=date(2036, 3, 2),
        basis="a long law",
        items=("long", "short"),
    )


def test_who_only_proved_who_they_are_is_kept_as_records_are():
    found = ending(SUBJECT, [(None, DAY)], PERIODS.get)

    assert found is not None
    assert (found.last_day, found.items) == (date(2029, 3, 2), ())


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(("short", None), id="goes on"),
        pytest.param(("for ever", DAY), id="is kept for ever"),
        pytest.param(("unsaid", DAY), id="has no period"),
    ],
)
def test_nothing_ends_while_something_of_the_person(other):
    assert ending(SUBJECT, [("short", DAY), other], PERIODS.get) is None
    assert ending(SUBJECT, [other, ("short", DAY)], PERIODS.get) is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, "short", "long"]),
            st.dates(date(2000, 1, 1), date(2090, 1, 1)),
        ),
        min_size=1,
    )
)
def test_nothing_is_ended_that_any_one_period_still_keeps(kept):
    found = ending(SUBJECT, kept, PERIODS.get)

    assert found is not None
    for item, over_on in kept:
        period = PERIODS[item]
        assert period is not None
        day = period.last_day(over_on)
        assert day is not None
        assert day <= found.last_day
        assert decided([], day, found) == []


def test_on_the_last_day_nothing_follows_and_on_the_next_the_restriction():
    assert on(DAY) == []
    ends, restricted = on(DAY + timedelta(days=1))

    assert ends == RetentionEnded(
        last_day=DAY,
        basis="a law",
        items=("short",),
        erased_from=DAY + timedelta(days=31),
    )
    assert restricted == SubjectRestricted(ground="retention-ended")


def test_who_is_restricted_already_is_not_restricted_again():
    [event] = decided([SubjectRestricted(ground="pipl-44")], DAY + timedelta(days=1))

    assert isinstance(event, RetentionEnded)


def test_the_erasure_comes_when_the_grace_is_over_and_no_day_before():
    before = on(DAY + timedelta(days=1))

    assert decided(before, DAY + timedelta(days=30)) == []
    assert decided(before, DAY + timedelta(days=31)) == [
        SubjectErased(ground="retention-ended")
    ]
    assert decided([*before, SubjectErased(ground="x")], DAY + timedelta(days=40)) == []


def test_whoever_came_back_in_time_is_not_erased():
    before = on(DAY + timedelta(days=1))
    later = replace(DUE, last_day=DAY + timedelta(days=900))

    assert decided(before, DAY + timedelta(days=40), later) == []


def test_lifting_begins_anew():
    before = [*on(DAY + timedelta(days=1)), RestrictionLifted()]

    assert ended(entries(*before)) is None
    assert len(decided(before, DAY + timedelta(days=31))) == 2


def test_nothing_is_erased_while_something_goes_on_elsewhere():
    before = on(DAY + timedelta(days=1))

    with pytest.raises(CommandRejected, match="another region"):
        decided(before, DAY + timedelta(days=31), others=["a message to CN-GX"])


@pytest.mark.parametrize("reason", ["litigation", "reconsideration", "post-check"])
def test_while_a_hold_stands_nothing_follows(reason):
    held = DataHeld(hold=HOLD, reason=reason, until=None)
    before = on(DAY + timedelta(days=1))

    assert decided([held], DAY + timedelta(days=1)) == []
    assert decided([*before, held], DAY + timedelta(days=4000)) == []
    released = [*before, held, HoldReleased(hold=HOLD)]
    assert decided(released, DAY + timedelta(days=31)) == [
        SubjectErased(ground="retention-ended")
    ]


def test_a_hold_until_a_day_ends_with_it():
    held = entries(DataHeld(hold=HOLD, reason="litigation", until=DAY))

    assert list(holds(held, DAY)) == [HOLD]
    assert holds(held, DAY + timedelta(days=1)) == {}


def test_a_hold_is_for_the_officers_and_for_days_to_come():
    command = HoldData(subject=SUBJECT, hold=HOLD, reason="litigation", until=DAY)

    with pytest.raises(NotAllowed, match="data-protection officer"):
        decide_hold(command, [], APPLICANT, today=DAY)
    with pytest.raises(CommandRejected, match=r"^until: "):
        decide_hold(command, [], OPERATOR, today=DAY + timedelta(days=1))
    with pytest.raises(CommandRejected, match="no such hold"):
        decide_hold(ReleaseHold(subject=SUBJECT, hold=HOLD), [], OPERATOR, today=DAY)
    assert decide_hold(command, [], OPERATOR, today=DAY) == DataHeld(
        hold=HOLD, reason="litigation", until=DAY
    )
