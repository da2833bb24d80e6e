"""What a later delivery contradicts stays in the log and no longer counts."""

from datetime import datetime

from ledger.cut import Cut
from ledger.history_events import (
    FactRecorded,
    FactSuperseded,
)
from tests.ledger.delivering import EVENING, MORNING, NOON, REGISTER, lines, told
from tests.ledger.importing.logs import event, mapping, trace


def test_what_a_later_delivery_contradicts_stays_and_no_longer_counts(ledger, bring, queries):
    bring(trace("1", event("apply", NOON), event("check", NOON)))

    report = bring(trace("1", event("apply", EVENING), event("check", NOON)))

    recorded, checked, moved, superseded = told(ledger)
    assert (report.new, report.same, report.conflicting) == (1, 1, 1)
    assert isinstance(recorded, FactRecorded)
    assert isinstance(superseded, FactSuperseded)
    assert (superseded.delivery, superseded.version) == (2, 2)
    assert {checked.activity, moved.activity} == {"check", "apply"}
    [row] = queries().conflicts(REGISTER)
    assert (row["number"], row["fact"], row["activity"]) == ("1", 2, "apply")
    assert lines(queries) == ["1|APPLIED|2|2024-05-01T10:00:00Z|2024-05-01T18:00:00Z"]


def test_what_was_contradicted_is_told_page_by_page(ledger, bring, queries):
    for number in ("1", "2", "3"):
        bring(trace(number, event("apply", NOON), event("check", NOON)))
        bring(trace(number, event("apply", EVENING), event("check", EVENING)))
    everything = queries().conflicts(None)

    paged, after = [], None
    while rows := queries().conflicts(REGISTER, after=after, limit=2):
        paged += rows
        after = tuple(rows[-1][name] for name in ("register", "number", "fact"))

    assert len(everything) > 2
    assert paged == everything


def test_of_equal_facts_the_last_told_is_the_first_taken_back(ledger, bring):
    bring(trace("1", event(), event(), event()))

    bring(trace("1", event()))

    assert [e.version for e in told(ledger) if isinstance(e, FactSuperseded)] == [4, 3]


def test_what_was_taken_back_is_not_taken_back_again(ledger, bring):
    bring(trace("1", event("apply", NOON)))
    bring(trace("1", event("apply", EVENING)))

    report = bring(trace("1", event("apply", EVENING), event("check")))

    assert (report.new, report.same, report.conflicting) == (1, 1, 0)


def test_what_was_taken_back_may_be_told_again(ledger, bring):
    bring(trace("1", event("apply", NOON)))
    bring(trace("1", event("apply", EVENING)))

    report = bring(trace("1", event("apply", NOON)), trace("2"))

    assert (report.new, report.same, report.conflicting) == (1, 0, 1)


def test_a_case_that_is_not_mentioned_stays_as_it_was(bring, queries):
    bring(trace("1", event()), trace("2", event()), trace("3", event()))

    report = bring(trace("2", event()), known=["1", "2", "3"])

    assert report.not_mentioned == 2
    assert report.examples == ("1", "3")
    assert len(lines(queries)) == 3


def test_at_most_ten_examples_are_named(bring):
    report = bring(trace("x", event()), known=[str(n) for n in range(25)])

    assert report.not_mentioned == 25
    assert report.examples == tuple(str(n) for n in range(10))


def test_a_case_that_lost_every_fact_is_listed_no_more(bring, queries):
    bring(trace("1", event()))

    bring(trace("1"))

    assert lines(queries) == []


def test_the_status_follows_the_mapping_of_the_last_delivery_that_added_to_it(bring, queries):
    bring(trace("1", event("apply"), event("check", question="True")))
    stricter = mapping(statuses=[{"status": "OPEN"}, {"status": "DONE", "any": ["CHECKED"]}])

    bring(trace("1", event("apply"), event("check")), trace("2"), mapping=stricter)
    nothing_new = lines(queries)
    bring(trace("1", event("apply", EVENING), event("check")), mapping=stricter)
    something_new = lines(queries)

    assert nothing_new[0].startswith("1|IN_ORDER|")
    assert something_new[0].startswith("1|OPEN|")


def test_a_superseded_fact_counts_as_long_as_nobody_had_taken_it_back(
    ledger, clock, bring, queries
):
    bring(trace("1", event("apply", MORNING, dateFinished=NOON)))
    first = clock.now
    clock.now = first.replace(hour=23)
    bring(trace("1", event("apply", EVENING, dateFinished=EVENING)))

    by_then = lines(queries, Cut(recorded_until=first))
    source_at_noon = lines(queries, Cut(source_recorded_until=_moment(NOON)))
    in_the_morning = lines(queries, Cut(as_of=_moment(MORNING)))
    both = lines(queries, Cut(as_of=_moment(MORNING), recorded_until=first))

    assert by_then == both == ["1|APPLIED|1|2024-05-01T06:00:00Z|2024-05-01T06:00:00Z"]
    assert source_at_noon == in_the_morning == []


def _moment(text):
    return datetime.fromisoformat(text)
