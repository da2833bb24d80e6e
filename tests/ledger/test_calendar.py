"""Terms run out when the law says, on days the notices name, and say when they guess."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.calendar import (
    Calendar,
    CalendarError,
    deadline,
    ends_at,
    load_calendars,
    starts_at,
)

CALENDARS = load_calendars()
CN, HK = CALENDARS["CN"], CALENDARS["CN-HK"]

days = st.dates(date(2023, 12, 1), date(2027, 3, 1))
terms = st.integers(1, 60)
calendars = st.sampled_from([CN, HK])

WEEKDAYS = Calendar(
    id="CN-ZZ",
    version="CN-ZZ 2025-01-01",
    zone=ZoneInfo("Asia/Hong_Kong"),
    years=frozenset({2025}),
    holidays=frozenset(),
)


# Counting


@pytest.mark.parametrize(
    ("calendar", "received", "working_days", "due"),
    [
        (CN, "2025-09-26", 5, "2025-10-10"),
        (HK, "2025-09-26", 5, "2025-10-06"),
        (CN, "2026-02-10", 5, "2026-02-24"),
        (CN, "2026-02-10", 20, "2026-03-16"),
        (HK, "2026-02-10", 5, "2026-02-20"),
        (HK, "2026-02-10", 20, "2026-03-13"),
    ],
)
def test_a_term_ends_where_the_law_was_read_to_end_it(calendar, received, working_days, due):
    term = deadline(calendar, date.fromisoformat(received), working_days)

    assert term.due == date.fromisoformat(due)
    assert not term.provisional


def test_a_deadline_says_what_it_was_counted_with():
    term = deadline(CN, date(2026, 2, 10), 5)

    assert (term.counted_from, term.working_days) == (date(2026, 2, 10), 5)
    assert (term.calendar, term.version) == ("CN", CN.version)
    assert re.fullmatch("CN 2025-11-04 [0-9a-f]{6}", term.version)


def test_the_first_day_is_not_counted():
    friday = date(2025, 1, 3)

    assert deadline(WEEKDAYS, friday, 1).due == date(2025, 1, 6)


@pytest.mark.parametrize("working_days", [0, -1])
def test_a_term_without_days_is_refused(working_days):
    with pytest.raises(CalendarError, match="one working day or more"):
        deadline(CN, date(2026, 2, 10), working_days)


@given(calendars, days, terms)
def test_a_deadline_falls_on_a_working_day_without_a_warning(calendar, received, working_days):
    due = deadline(calendar, received, working_days).due

    assert calendar.is_working_day(due)
    assert due not in calendar.warning_days


@given(calendars, days, terms)
def test_as_many_working_days_pass_as_the_term_has(calendar, received, working_days):
    due = deadline(calendar, received, working_days).due
    assume(not calendar.warning_days & set(_between(received, due)))

    passed = [day for day in _between(received, due) if calendar.is_working_day(day)]

    assert len(passed) == working_days


@given(calendars, days, terms)
def test_a_longer_term_never_ends_sooner(calendar, received, working_days):
    shorter = deadline(calendar, received, working_days)
    longer = deadline(calendar, received, working_days + 1)

    assert shorter.due <= longer.due


@given(calendars, days, terms)
def test_a_later_receipt_never_ends_sooner(calendar, received, working_days):
    earlier = deadline(calendar, received, working_days)
    later = deadline(calendar, received + timedelta(days=1), working_days)

    assert earlier.due <= later.due


# Years nobody has announced


def test_a_term_that_reaches_2027_is_provisional():
    term = deadline(CN, date(2026, 12, 20), 20)

    assert term.due == date(2027, 1, 15)
    assert term.provisional


def test_a_term_that_ends_with_the_last_announced_day_is_settled():
    term = deadline(CN, date(2026, 12, 30), 1)

    assert term.due == date(2026, 12, 31)
    assert not term.provisional


def test_the_uncounted_first_day_may_fall_in_an_unannounced_year():
    term = deadline(CN, date(2023, 12, 31), 5)

    assert not CN.is_announced(2023)
    assert not term.provisional


@given(calendars, days, terms)
def test_a_deadline_is_provisional_exactly_when_it_counts_an_unannounced_year(
    calendar, received, working_days
):
    term = deadline(calendar, received, working_days)

    counted = {day.year for day in _between(received, term.due)}
    assert term.provisional == any(not calendar.is_announced(year) for year in counted)


# Hong Kong's warning days (Cap. 1, s. 71)


def test_a_last_day_under_a_warning_rolls_on_past_every_warning_day():
    ragasa = [date(2025, 9, 23), date(2025, 9, 24)]

    assert deadline(HK, date(2025, 9, 22), 1).due == date(2025, 9, 25)
    assert HK.warning_days.issuperset(ragasa)


def test_a_warning_inside_the_term_changes_nothing():
    assert deadline(HK, date(2025, 9, 22), 3).due == date(2025, 9, 25)


def test_a_last_day_under_a_warning_before_a_weekend_rolls_on_to_monday():
    yagi = date(2024, 9, 6)

    assert deadline(HK, yagi - timedelta(days=2), 2).due == date(2024, 9, 9)


# Time


def test_a_deadline_ends_at_midnight_there():
    term = deadline(CN, date(2026, 2, 10), 5)

    assert ends_at(term, CN.zone) == datetime(2026, 2, 24, 16, 0, tzinfo=UTC)
    assert ends_at(term, CN.zone).tzinfo is UTC


@given(calendars, days, terms)
def test_the_last_day_is_today_until_the_deadline_ends(calendar, received, working_days):
    term = deadline(calendar, received, working_days)
    end = ends_at(term, calendar.zone)

    assert calendar.today(end - timedelta(microseconds=1)) == term.due
    assert calendar.today(end) == term.due + timedelta(days=1)


def test_a_day_starts_at_midnight_there():
    assert starts_at(date(2026, 2, 10), HK.zone) == datetime(2026, 2, 9, 16, 0, tzinfo=UTC)


def test_today_is_the_civil_date_there_whatever_zone_asks():
    evening_in_lima = datetime(2026, 2, 9, 23, 30, tzinfo=timezone(-timedelta(hours=5)))

    assert HK.today(evening_in_lima) == date(2026, 2, 10)


def test_a_moment_without_a_zone_has_no_date():
    with pytest.raises(CalendarError, match="time zone"):
        HK.today(datetime(2026, 2, 10, 12, 0))  # noqa: DTZ001


def _between(after, until):
    return [after + timedelta(days=n) for n in range(1, (until - after).days + 1)]
