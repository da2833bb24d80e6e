"""Times as rows hold them sort as they follow one another."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from ledger.projections.times import to_text

MOMENTS = st.datetimes(timezones=st.just(UTC))


@given(MOMENTS, MOMENTS)
def test_text_sorts_as_time_does(one, other):
    assert (to_text(one) < to_text(other)) == (one < other)


def test_a_time_is_written_in_utc_to_the_microsecond():
    noon_in_hong_kong = datetime(2026, 2, 10, 12, tzinfo=timezone(timedelta(hours=8)))

    assert to_text(noon_in_hong_kong) == "2026-02-10T04:00:00.000000Z"
