"""Persons' requests about their data: by when, who decides, and what a grant carries out."""

import re
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from ledger.actor import CLOCK, Actor, Channel, Role
from ledger.catalogue import CatalogueError
from ledger.commands import SubmitApplication
from ledger.errors import CaseNotFound, CommandRejected, NotAllowed
from ledger.person_requests import PersonRequests
from ledger.request_commands import (
    GRANTED_ON,
    LAWS,
    REFUSED_ON,
    DecideRequest,
    Ground,
    MakeRequest,
    MarkOverdue,
    WithdrawRequest,
)
from ledger.request_events import Kind
from ledger.request_terms import load_request_terms, term_for
from ledger.subject_events import Standing
from ledger.subjects import Subjects
from tests.ledger.cases import ALL, APPLICANT, CALENDARS, CASE, CLERK, FORM, ITEM
from tests.ledger.ledgers import check_log, do, opened

REQUEST = UUID("11111111-0000-4000-8000-000000000001")
PERSON = replace(APPLICANT, id="applicant-1", principal="applicant-1")
OFFICER = Actor(
    role=Role.DATA_PROTECTION, id="dpo-1", principal="dpo-1", channel=Channel.SYSTEM
)
TERMS = load_request_terms()


@pytest.fixture
def ledger(tmp_path, clock):
    ledger = opened(f"file:{tmp_path.name}?mode=memory&cache=shared", clock)
    yield ledger
    check_log(ledger)


@pytest.fixture
def subjects(ledger):
    return Subjects(ledger)


@pytest.fixture
def requests(ledger, subjects):
    return PersonRequests(ledger, subjects, "CN-GD")


def making(kind: Kind = "erasure", n: int = 1) -> MakeRequest:
    return MakeRequest(id=UUID(int=REQUEST.int + n), kind=kind, words="請刪除我的資料")


def made(requests, kind: Kind = "erasure"):
    return requests.give(making(kind), PERSON).request


def decided(requests, request, outcome, ground, actor=OFFICER):
    command = DecideRequest(id=request.id, outcome=outcome, ground=ground, reason="辦結")
    return requests.give(command, actor).request


@pytest.mark.parametrize(
    ("region", "kind", "due", "cites"),
    [
        ("CN-GD", "copy", date(2026, 3, 9), "15 working days; Personal Information"),
        ("CN-HK", "copy", date(2026, 3, 22), r"40 days; .* \(Cap. 486\) s. 19\(1\)"),
        ("CN-HK", "correction", date(2026, 3, 22), r"40 days; .* s. 23\(1\)"),
        ("CN-HK", "erasure", date(2026, 3, 22), "40 days; our own term"),
    ],
)
def test_the_law_of_the_region_says_by_when(ledger, subjects, region, kind, due, cites):
    requests = PersonRequests(ledger, subjects, region)

    request = requests.give(making(kind), PERSON).request

    assert request.due == due
    assert request.due == term_for(TERMS, region, kind).due(
        CALENDARS.get(region, CALENDARS["CN"]), date(2026, 2, 10)
    )
    [entry] = ledger.entries(request.id)
    assert entry.legal_basis == request.term
    assert re.match(cites, request.term)


def test_an_operator_sets_other_terms_and_none_may_be_missing(tmp_path):
    file = tmp_path / "request_terms.json"

    kinds = '["copy", "correction", "restriction", "erasure", "objection"]'
    file.write_text(f'[{{"kinds": {kinds}, "working_days": 5, "basis": "a promise"}}]')
    assert term_for(load_request_terms(tmp_path), "CN-GX", "copy").words == (
        "5 working days; a promise"
    )
    for wrong in (
        '[{"kinds": ["copy"], "working_days": 5, "basis": "a promise"}]',
        f'[{{"kinds": {kinds}, "basis": "a promise"}}]',
        f'[{{"kinds": {kinds}, "basis": "a", "working_days": 5, "calendar_days": 7}}]',
    ):
        file.write_text(wrong)
        with pytest.raises(CatalogueError, match=r"request_terms\.json"):
            load_request_terms(tmp_path)


def test_a_granted_erasure_restricts_and_erases_in_one_transaction(requests, subjects, ledger):
    request = made(requests)

    answer = decided(requests, request, "grant", "pipl-47")

    assert answer.status == "granted"
    assert subjects.standing(PERSON.principal) is Standing.ERASED
    names = [entry.name for entry in ledger.read(0)][-3:]
    assert names == ["request.granted.v1", "subject.restricted.v1", "subject.erased.v1"]
    *_, granted, restricted, erased = ledger.read(0)
    assert granted.legal_basis == LAWS["pipl-47"]
    assert restricted.actor == erased.actor == OFFICER


def test_an_erasure_is_not_granted_while_a_case_is_open(requests, subjects, ledger):
    submit = SubmitApplication(case_id=CASE, item=ITEM.id, form=FORM, materials=ALL)
    do(ledger, submit, PERSON)
    request, head = made(requests), ledger.head + 1
    command = DecideRequest(id=request.id, outcome="grant", ground="pipl-47", reason="x")

    with pytest.raises(CommandRejected, match="open cases"):
        requests.give(command, OFFICER, cases=lambda _: [CASE])

    assert subjects.standing(PERSON.principal) is Standing.FREE
    assert requests.find(request.id).status == "open"
    assert ledger.head < head


@pytest.mark.parametrize("kind", ["restriction", "objection"])
def test_a_granted_restriction_or_objection_restricts(requests, subjects, kind):
    decided(requests, made(requests, kind), "grant", "pipl-44")

    assert subjects.standing(PERSON.principal) is Standing.RESTRICTED


@pytest.mark.parametrize(("kind", "ground"), [("copy", "cap486-18"), ("correction", "pipl-46")])
def test_a_granted_copy_or_correction_leaves_the_data_free(requests, subjects, kind, ground):
    decided(requests, made(requests, kind), "grant", ground)

    assert subjects.standing(PERSON.principal) is Standing.FREE


@pytest.mark.parametrize("kind", list(GRANTED_ON))
def test_a_refusal_names_its_law_and_changes_nothing(requests, subjects, ledger, kind):
    answer = decided(requests, made(requests, kind), "refuse", REFUSED_ON[kind][0])

    assert (answer.status, answer.reason) == ("refused", "辦結")
    assert subjects.standing(PERSON.principal) is Standing.FREE
    assert ledger.entries(answer.id)[-1].legal_basis == LAWS[REFUSED_ON[kind][0]]


@pytest.mark.parametrize("kind", list(GRANTED_ON))
def test_each_answer_needs_a_ground_of_its_own(requests, kind):
    request = made(requests, kind)
    grounds: set[Ground] = set(LAWS)

    for outcome, fitting in (("grant", GRANTED_ON), ("refuse", REFUSED_ON)):
        for ground in grounds - set(fitting[kind]):
            with pytest.raises(CommandRejected, match=r"^ground: "):
                decided(requests, request, outcome, ground)


def test_nobody_else_decides(requests):
    request = made(requests, "copy")

    for role in set(Role) - {Role.OPERATOR, Role.DATA_PROTECTION}:
        for outcome, ground in (("grant", "pipl-45"), ("refuse", "cap486-20")):
            with pytest.raises(NotAllowed, match="data-protection officer"):
                decided(requests, request, outcome, ground, replace(OFFICER, role=role))


def test_one_is_asked_and_decided_once(requests):
    request = made(requests, "restriction")

    with pytest.raises(CommandRejected, match=r"^kind: "):
        requests.give(making("restriction", 2), PERSON, open=lambda _: ["restriction"])
    with pytest.raises(CommandRejected, match="made already"):
        made(requests, "restriction")
    decided(requests, request, "refuse", "pipl-13-duty")
    with pytest.raises(CommandRejected, match="is refused already"):
        decided(requests, request, "grant", "pipl-44")
    with pytest.raises(CommandRejected, match="is refused already"):
        requests.give(WithdrawRequest(id=request.id), PERSON)


def test_a_request_is_withdrawn_by_its_person_alone(requests):
    request = made(requests)
    other = replace(PERSON, id="subject:2", principal="subject:2")

    with pytest.raises(CaseNotFound):
        requests.give(WithdrawRequest(id=request.id), other)
    assert requests.give(WithdrawRequest(id=request.id), PERSON).request.status == "withdrawn"


def test_nobody_asks_for_somebody_else(requests):
    with pytest.raises(NotAllowed, match="the person themselves"):
        requests.give(making(), CLERK)


def test_a_correction_says_what_is_wrong(requests):
    with pytest.raises(CommandRejected, match=r"^words: "):
        requests.give(replace(making("correction"), words="  "), PERSON)


def test_it_is_overdue_from_the_instant_after_its_last_day_and_once(requests, clock):
    request = made(requests)
    clock.now = request.ends_at - timedelta(seconds=1)
    with pytest.raises(CommandRejected, match="not newly overdue"):
        requests.mark_overdue(request.id)

    clock.now = request.ends_at
    requests.mark_overdue(request.id)

    assert requests.find(request.id).overdue
    with pytest.raises(CommandRejected, match="not newly overdue"):
        requests.mark_overdue(request.id)
    with pytest.raises(NotAllowed, match="only the clock"):
        requests.give(MarkOverdue(id=request.id), OFFICER)
    assert CLOCK.role is Role.CLOCK
    assert decided(requests, request, "grant", "pipl-47").status == "granted"


def test_what_was_written_is_in_no_repr(requests):
    request = made(requests)

    assert "刪除" not in repr(request)
    assert "刪除" not in repr(making())
