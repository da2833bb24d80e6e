"""Which cases an export tells of: those asked for that one may see, as of one position."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ledger.cut import Cut
from ledger.exporting import FORMATS
from ledger.queries import Queries
from tests.ledger.cases import ACCEPT, APPLICANT, CLERK, NOON, official
from tests.ledger.delivering import MORNING, REGISTER
from tests.ledger.exporting.telling import FIRST, SECOND, SUPERVISOR, THIRD, written
from tests.ledger.importing.logs import event, trace
from tests.ledger.ledgers import do


def numbers(selection):
    return [case.state.id.int if case.register is None else case.number for case in selection]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, {1, 2, 3, "1", "2"}),
        ({"register": REGISTER}, {"1", "2"}),
        ({"register": "another"}, set()),
        ({"status": "RECEIVED"}, {2}),
        ({"status": "PENDING"}, {"2"}),
        ({"status": "IN_ORDER"}, {"1"}),
        ({"authority": "hk.shops"}, {2}),
        ({"subject": "applicant-1"}, {1, 2}),
        ({"subject": "applicant-1", "authority": "gd.shops"}, {1}),
        ({"by": APPLICANT}, {1, 2}),
        ({"by": CLERK}, {1, 3}),
        ({"by": official(CLERK.role, "gd.others")}, set()),
        ({"by": replace(APPLICANT, item="gd.shop-licence")}, {1}),
    ],
)
def test_what_is_told_is_what_was_asked_for_and_may_be_seen(select, asked, told):
    assert set(numbers(select(**asked))) == told


@pytest.mark.parametrize("page", [1, 2, 5])
def test_cases_come_by_id_whatever_a_page_holds(select, page):
    whole = [case.state.id for case in select()]

    assert [case.state.id for case in replace(select(), page=page)] == whole
    assert whole == sorted(whole, key=lambda id: id.hex)


def test_as_many_events_count_as_the_case_list_says(select, ledger, folder):
    counted = {case.state.id.hex: len(case.happened) for case in select()}

    rows = Queries(ledger, folder).cases(replace(select().which))
    assert counted == {row["id"].replace("-", ""): row["events"] for row in rows}


@pytest.mark.parametrize("format", FORMATS)
def test_two_exports_of_one_position_are_the_same_bytes_whatever_comes_later(
    select, ledger, bring, clock, format
):
    at = Cut(position=ledger.head)
    before = select(cut=at)
    first = written(format, before)

    clock.now = NOON + timedelta(days=1)
    do(ledger, replace(ACCEPT, case_id=SECOND), official(CLERK.role, "hk.shops"))
    # Everything that was told of the second is taken back, so no list shows what it was.
    bring(trace("1", event("apply", MORNING)), trace("2"))
    after = select(cut=at)

    assert written(format, after) == first
    assert FORMATS[format].tag(after, "") == FORMATS[format].tag(before, "")
    assert written(format, select()) != first


def test_a_case_is_told_as_it_stood_at_each_kind_of_time(select, ledger, clock):
    clock.now = NOON + timedelta(days=1)
    do(ledger, replace(ACCEPT, case_id=SECOND), official(CLERK.role, "hk.shops"))

    def status(cut):
        [case] = select(cut=cut, authority="hk.shops")
        return case.status

    position = ledger.head
    assert status(Cut(position=position)) == "ACCEPTED"
    assert status(Cut(position=position, recorded_until=NOON)) == "RECEIVED"
    assert status(Cut(position=position, as_of=NOON)) == "RECEIVED"
    assert status(Cut(position=position - 1)) == "RECEIVED"


def test_a_tag_is_of_one_question_alone(select, ledger):
    selections = [
        select(),
        select(register=REGISTER),
        select(status="RECEIVED"),
        select(cut=Cut(position=1)),
        select(cut=Cut(position=ledger.head, as_of=NOON)),
    ]
    tags = {
        each.tag(selection, asker)
        for each in FORMATS.values()
        for selection in selections
        for asker in ("", "applicant-1")
    }

    assert len(tags) == len(FORMATS) * len(selections) * 2


def test_nobody_is_told_of_a_case_before_it_was(select):
    assert [*select(cut=Cut(position=1))] == []
    assert {FIRST, THIRD} & {case.state.id for case in select(by=SUPERVISOR)} == {FIRST, THIRD}
