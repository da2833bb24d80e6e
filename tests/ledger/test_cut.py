"""As it stood: which entries count at a point in time, on each of three clocks."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from ledger.actor import CLOCK
from ledger.case_rows import Which
from ledger.commands import DeemAccepted
from ledger.cut import Cut
from ledger.errors import CaseNotFound
from ledger.opening import all_views
from ledger.projections.follower import Follower
from ledger.queries import Queries
from tests.ledger.cases import A_MOMENT, APPLICANT, CASE, NOON, SUBMIT, at
from tests.ledger.examples import EXAMPLES
from tests.ledger.ledgers import do

ANOTHER = UUID(int=2)
DAYS = [NOON + timedelta(days=n) for n in range(3)]
FACT = EXAMPLES["fact.recorded.v1"]
SUPERSEDED = EXAMPLES["fact.superseded.v1"]
CLOSED = EXAMPLES["case.closed.v1"]
OPENED = EXAMPLES["history.opened.v1"]
REGISTER_KEEPING = {
    "mapping.recorded.v1",
    "delivery.begun.v1",
    "delivery.finished.v1",
    "history.opened.v1",
}

maybe_day = st.none() | st.sampled_from(DAYS)
cuts = st.builds(
    Cut,
    as_of=maybe_day,
    recorded_until=maybe_day,
    source_recorded_until=maybe_day,
    position=st.none() | st.integers(1, 4),
)
entries = st.builds(
    changed,
    st.sampled_from(list(EXAMPLES.values())),
    effective_at=st.sampled_from(DAYS),
    recorded_at=st.sampled_from(DAYS),
    source_recorded_at=maybe_day,
    position=st.integers(1, 4),
)


@settings(max_examples=500)
@given(cuts, entries)
def test_an_entry_counts_if_it_was_so_on_every_clock_asked(cut, entry):
    source = entry.source_recorded_at
    if source is None and not entry.name.startswith("fact."):
        source = entry.recorded_at
    so = [
        cut.position is None or entry.position <= cut.position,
        cut.recorded_until is None or entry.recorded_at <= cut.recorded_until,
    ]
    if entry.name not in REGISTER_KEEPING:
        so += [
            cut.as_of is None or entry.effective_at <= cut.as_of,
            cut.source_recorded_until is None
            or (source is not None and source <= cut.source_recorded_until),
        ]

    assert cut.admits(entry) is all(so)


def test_each_bound_is_inclusive():
    entry = changed(
        FACT, effective_at=NOON, recorded_at=NOON, source_recorded_at=NOON, position=5
    )

    assert Cut(as_of=NOON, recorded_until=NOON, source_recorded_until=NOON, position=5).admits(
        entry
    )
    assert not Cut(as_of=NOON - A_MOMENT).admits(entry)
    assert not Cut(recorded_until=NOON - A_MOMENT).admits(entry)
    assert not Cut(source_recorded_until=NOON - A_MOMENT).admits(entry)
    assert not Cut(position=4).admits(entry)


@pytest.mark.parametrize("entry", [FACT, SUPERSEDED])
def test_a_fact_whose_source_time_is_unknown_was_never_recorded_by_then(entry):
    unknown = changed(entry, source_recorded_at=None, recorded_at=NOON)

    assert not Cut(source_recorded_until=NOON + timedelta(days=999)).admits(unknown)
    assert Cut().admits(unknown)


def test_of_our_own_cases_we_are_the_source():
    ours = changed(CLOSED, source_recorded_at=None, recorded_at=NOON, effective_at=NOON)

    assert Cut(source_recorded_until=NOON).admits(ours)
    assert not Cut(source_recorded_until=NOON - A_MOMENT).admits(ours)


def test_our_notes_about_an_import_say_nothing_of_when_things_happened():
    later = changed(OPENED, effective_at=DAYS[2], recorded_at=DAYS[2])

    assert Cut(as_of=NOON, source_recorded_until=NOON).admits(later)
    assert not Cut(recorded_until=NOON).admits(later)


def test_only_an_empty_cut_is_now():
    assert Cut().is_now
    assert not Cut(as_of=NOON).is_now
    assert not Cut(recorded_until=NOON).is_now
    assert not Cut(source_recorded_until=NOON).is_now
    assert not Cut(position=1).is_now


# Whole ledgers


@pytest.fixture
def queries(ledger, clock, tmp_path):
    """A case received at noon and deemed accepted, another received the day after."""
    do(ledger, SUBMIT, APPLICANT)
    clock.now = DAYS[1]
    do(ledger, replace(SUBMIT, case_id=ANOTHER), APPLICANT)
    clock.now = at("2026-02-25 00:00")
    do(ledger, DeemAccepted(case_id=CASE), CLOCK)
    follower = Follower(ledger, tmp_path, all_views(ledger))
    follower.catch_up()
    follower.close()
    return Queries(ledger, tmp_path)


def statuses(queries, cut):
    return {row["id"]: row["status"] for row in queries.cases(Which(), cut)}


def test_what_is_known_now_was_so_before_it_was_known(queries):
    then = NOON + timedelta(hours=1)

    assert statuses(queries, Cut(as_of=then)) == {str(CASE): "ACCEPTED"}
    assert statuses(queries, Cut(recorded_until=then)) == {str(CASE): "RECEIVED"}
    assert statuses(queries, Cut(as_of=then, recorded_until=then)) == {str(CASE): "RECEIVED"}


def test_no_case_is_accepted_before_it_was_received(queries):
    for minutes in range(0, 12 * 60, 60):
        then = at("2026-02-10 00:00") + timedelta(minutes=minutes)

        assert statuses(queries, Cut(as_of=then)) == {}


def test_one_case_is_replayed_to_any_point(queries):
    state, entries = queries.replay(CASE, Cut(position=3))

    assert queries.status(state) == "RECEIVED"
    assert [entry.position for entry in entries] == [2, 3]
    assert entries[1].event.form == SUBMIT.form


def test_a_case_that_was_not_there_yet_is_not_found(queries):
    with pytest.raises(CaseNotFound, match="not yet at that point"):
        queries.replay(CASE, Cut(as_of=NOON - timedelta(days=1)))


def test_what_an_empty_cut_gives_is_what_the_views_hold(queries, ledger):
    until_now = Cut(position=ledger.head)

    assert queries.cases(Which(), until_now) == queries.cases(Which())
    assert queries.digest(Which(), until_now) == queries.digest(Which())


def test_every_cut_gives_what_was_so_then(queries, ledger):
    later = ledger.now()
    became = [
        (CASE, "RECEIVED", NOON, NOON, 3),
        (ANOTHER, "RECEIVED", DAYS[1], DAYS[1], 5),
        (CASE, "ACCEPTED", NOON, later, 6),
    ]
    times = [None, NOON - A_MOMENT, *DAYS, later]

    for as_of, recorded_until, position in product(times, times, [None, 1, 2, 3, 4, 5, 6]):
        expected = {
            str(case_id): status
            for case_id, status, effective_at, recorded_at, at_position in became
            if (as_of is None or effective_at <= as_of)
            and (recorded_until is None or recorded_at <= recorded_until)
            and (position is None or at_position <= position)
        }

        cut = Cut(as_of=as_of, recorded_until=recorded_until, position=position)
        assert statuses(queries, cut) == expected
