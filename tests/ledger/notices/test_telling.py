"""People are told once, where they asked for it, and of nothing else."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from ledger.actor import Role
from ledger.commands import RequestCorrection, WithdrawApplication
from ledger.contacts import Contacts, GiveContact
from ledger.draft import nothing
from ledger.errors import CommandRejected, HomeUnusable, NotAllowed
from ledger.notices import NoticeBook, Telling
from ledger.notices.telling import A_DAY
from ledger.opening import all_views
from ledger.ports import Fate, Notice
from ledger.projections.follower import Follower
from ledger.subject_commands import EraseSubject, RestrictSubject, SubjectCommand
from ledger.subjects import Subjects
from tests.ledger.cases import (
    ACCEPT,
    APPLICANT,
    CASE,
    CLOSE,
    GRANT,
    REVIEW,
    SERVE,
    SUBMIT,
    official,
)
from tests.ledger.cases import NOON as NOW
from tests.ledger.ledgers import SetClock, do, opened

ADDRESS = "chan@mail.example"
CLERK, REVIEWER, APPROVER = map(official, (Role.CLERK, Role.REVIEWER, Role.APPROVER))
CORRECT = RequestCorrection(case_id=CASE, deficiencies={"plan": "the door is missing"})


@dataclass
class FakeNotifier:
    """Takes every notice, or answers what it is set to."""

    fate: Fate = Fate.TAKEN
    sent: list[Notice] = field(default_factory=list)

    def send(self, notice: Notice) -> Fate:
        self.sent.append(notice)
        return self.fate

    @property
    def kinds(self) -> list[str]:
        return [notice.kind for notice in self.sent]


class Town:
    """A ledger whose persons are told, and can be told anew after a stop."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = SetClock(NOW)
        self.ledger = opened(str(folder / "ledger.sqlite"), self.clock)
        self.contacts = Contacts(self.ledger)
        self.notifier = FakeNotifier()
        self.book = NoticeBook(folder / "notices.sqlite")
        self.case_url = "https://tongban.example/v1/cases/{case}"
        self.telling = self.begun()

    def begun(self) -> Telling:
        return Telling(
            self.ledger,
            self.folder,
            self.book,
            self.notifier,
            case_url=self.case_url,
        )

    def ask_to_be_told(self, language="zh-Hant", address=ADDRESS, who=APPLICANT) -> None:
        self.contacts.give(GiveContact(address=address, language=language), who)

    def follow(self) -> None:
        with closing(Follower(self.ledger, self.folder, all_views(self.ledger))) as follower:
            follower.catch_up()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path)
    yield town
    town.book.close()


def test_where_people_see_their_case_is_the_operator_s_to_say(town):
    town.case_url = "https://apply.example.org/{case}?from=mail"
    telling = town.begun()
    town.ask_to_be_told()
    do(town.ledger, SUBMIT, APPLICANT)

    telling.tick()

    assert [each.link for each in town.notifier.sent] == [
        f"https://apply.example.org/{CASE}?from=mail"
    ]


def test_a_case_is_told_from_receipt_to_the_decision(town):
    town.ask_to_be_told()
    for command, by in (
        (SUBMIT, APPLICANT),
        (ACCEPT, CLERK),
        (REVIEW, REVIEWER),
        (GRANT, APPROVER),
        (SERVE, CLERK),
        (CLOSE, CLERK),
    ):
        do(town.ledger, command, by)

    assert town.telling.tick() == 3

    assert town.notifier.kinds == ["received", "accepted", "served"]
    [received, *_] = town.notifier.sent
    assert (received.address, received.language) == (ADDRESS, "zh-Hant")
    assert received.case == town.ledger.find(CASE).receipt
    assert received.link == f"https://tongban.example/v1/cases/{CASE}"


def test_a_correction_is_told_with_its_last_day_and_not_what_it_is(town):
    town.ask_to_be_told()
    do(town.ledger, SUBMIT, APPLICANT)
    asked = do(town.ledger, CORRECT, CLERK)

    town.telling.tick()

    notice = town.notifier.sent[-1]
    assert (notice.kind, notice.owed) == ("correction", 1)
    assert notice.until == asked.case.duties["correction"].due
    assert "door" not in str(notice)


def test_nobody_is_told_who_did_not_ask(town):
    do(town.ledger, SUBMIT, APPLICANT)

    assert town.telling.tick() == 0
    assert town.notifier.sent == []


def test_what_was_before_they_asked_is_not_told(town):
    do(town.ledger, SUBMIT, APPLICANT)
    town.ask_to_be_told()
    do(town.ledger, ACCEPT, CLERK)

    town.telling.tick()

    assert town.notifier.kinds == ["accepted"]


def test_after_withdrawing_not_even_what_waits_is_told(town):
    town.ask_to_be_told()
    do(town.ledger, SUBMIT, APPLICANT)
    town.contacts.withdraw(APPLICANT)

    assert town.telling.tick() == 0
    assert town.contacts.of(APPLICANT.principal) is None


def test_a_restart_neither_repeats_nor_forgets(town):
    town.ask_to_be_told()
    do(town.ledger, SUBMIT, APPLICANT)
    town.telling.tick()
    do(town.ledger, ACCEPT, CLERK)

    again = town.begun()
    again.tick()
    again.tick()

    assert town.notifier.kinds == ["received", "accepted"]


def test_a_book_that_is_new_begins_with_what_happens_next(town, tmp_path):
    town.ask_to_be_told()
    do(town.ledger, SUBMIT, APPLICANT)
    late = Town.__new__(Town)
    late.__dict__ = {**town.__dict__, "book": NoticeBook(tmp_path / "another.sqlite")}
    telling = late.begun()
    do(town.ledger, ACCEPT, CLERK)

    telling.tick()
    late.book.close()

    assert town.notifier.kinds == ["accepted"]


def test_a_book_ahead_of_a_restored_log_forgets_what_that_does_not_know(town):
    town.ask_to_be_told()
    before = town.ledger.head
    do(town.ledger, SUBMIT, APPLICANT)
    town.telling.tick()

    # The log as it was restored, and then the same case once more.
    town.book.begin(before)
    town.begun().tick()

    assert town.notifier.kinds == ["received", "received"]


def test_what_is_not_taken_is_tried_again_later_under_the_same_id(town):
    town.ask_to_be_told()
    town.notifier.fate = Fate.LATER
    do(town.ledger, SUBMIT, APPLICANT)
    town.telling.tick()
    town.telling.tick()
    before = len(town.notifier.sent)
    town.notifier.fate = Fate.TAKEN
    town.clock.now += timedelta(minutes=2)

    town.telling.tick()

    first, second = town.notifier.sent
    assert before == 1, "it was tried again at once"
    assert first.id == second.id
    assert town.telling.counts() == {"waiting": 0, "dead": 0}


def test_what_is_never_taken_is_dead_and_told_of(town):
    town.ask_to_be_told()
    town.notifier.fate = Fate.NEVER
    do(town.ledger, SUBMIT, APPLICANT)

    town.telling.tick()
    town.clock.now += timedelta(days=1)
    town.telling.tick()

    assert len(town.notifier.sent) == 1
    assert town.telling.counts() == {"waiting": 0, "dead": 1}


def test_what_nobody_takes_for_days_is_dead(town):
    town.ask_to_be_told()
    town.notifier.fate = Fate.LATER
    do(town.ledger, SUBMIT, APPLICANT)

    for _ in range(40):
        town.telling.tick()
        town.clock.now += timedelta(hours=7)

    assert town.telling.counts() == {"waiting": 0, "dead": 1}
    assert len(town.notifier.sent) == 15


def test_nothing_is_sent_while_the_book_cannot_say_that_it_was(town):
    town.ask_to_be_told()
    town.notifier.fate = Fate.LATER
    do(town.ledger, SUBMIT, APPLICANT)
    town.telling.tick()
    town.clock.now += timedelta(hours=1)
    town.notifier.fate = Fate.TAKEN
    before = len(town.notifier.sent)

    with closing(sqlite3.connect(town.folder / "notices.sqlite")) as other:
        other.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON notices BEGIN SELECT RAISE(ABORT, ''); END"
        )
        for _ in range(3):
            with pytest.raises(HomeUnusable):
                town.telling.tick()
        while_it_is_full = len(town.notifier.sent)
        other.execute("DROP TRIGGER full")
    town.telling.tick()
    town.telling.tick()

    assert while_it_is_full == before
    assert len(town.notifier.sent) == before + 1


def test_a_duty_that_ends_soon_is_told_once(town):
    town.ask_to_be_told()
    do(town.ledger, SUBMIT, APPLICANT)
    asked = do(town.ledger, CORRECT, CLERK)
    due = asked.case.duties["correction"].due
    town.follow()
    town.telling.tick()
    early = town.notifier.kinds
    town.clock.now = NOW.replace(year=due.year, month=due.month, day=due.day)

    town.telling.tick()
    town.telling.tick()

    assert early == ["received", "correction"]
    assert town.notifier.kinds == ["received", "correction", "due-soon"]
    assert town.notifier.sent[-1].until == due


def reach_the_day_of_a_correction(town):
    """Let what the person owes end soon, before they asked to be told anything."""
    do(town.ledger, SUBMIT, APPLICANT)
    asked = do(town.ledger, CORRECT, CLERK)
    due = asked.case.duties["correction"].due
    town.follow()
    town.clock.now = NOW.replace(year=due.year, month=due.month, day=due.day)
    town.telling.tick()


def test_who_asks_to_be_told_later_still_hears_of_a_duty_that_ends_soon(town):
    reach_the_day_of_a_correction(town)
    before = town.notifier.kinds

    town.ask_to_be_told()
    town.telling.tick()
    town.ask_to_be_told(language="en")
    town.telling.tick()

    assert before == []
    assert town.notifier.kinds == ["due-soon"]


def test_a_duty_that_was_done_meanwhile_is_not_told_as_ending_soon(town):
    reach_the_day_of_a_correction(town)
    do(town.ledger, WithdrawApplication(case_id=CASE), APPLICANT)

    town.ask_to_be_told()
    town.telling.tick()

    assert town.notifier.kinds == []


def test_a_person_is_not_flooded_and_the_rest_comes_later(town):
    town.ask_to_be_told()
    for number in range(A_DAY + 5):
        do(town.ledger, replace(SUBMIT, case_id=UUID(int=number)), APPLICANT)

    town.telling.tick()
    within_a_day = len(town.notifier.sent)
    town.clock.now += timedelta(days=1, hours=2)
    town.telling.tick()

    assert (within_a_day, len(town.notifier.sent)) == (A_DAY, A_DAY + 5)


@pytest.mark.parametrize("erased", [False, True])
def test_who_is_restricted_or_erased_is_told_nothing(town, erased):
    town.ask_to_be_told()
    do(town.ledger, SUBMIT, APPLICANT)
    operator = official(Role.OPERATOR)
    subject = APPLICANT.principal
    commands: list[SubjectCommand] = [RestrictSubject(subject=subject, basis="pipl-47")]
    if erased:
        commands.append(EraseSubject(subject=subject, basis="pipl-47"))
    for number, command in enumerate(commands):
        Subjects(town.ledger).give(
            command, operator, command_id=UUID(int=number), cases=nothing
        )
    if erased:
        town.ledger.keys.erase(subject)

    assert town.telling.tick() == 0
    assert town.notifier.sent == []


def test_the_book_and_the_log_hold_no_address_in_the_clear(town, tmp_path):
    town.ask_to_be_told()
    do(town.ledger, SUBMIT, APPLICANT)
    town.telling.tick()

    for path in tmp_path.iterdir():
        assert ADDRESS.encode() not in path.read_bytes(), path.name


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b",
        "two@mail.example, three@mail.example",
        "chan@mail.example\nBcc: all@mail.example",
        "chan@mail.example\r",
        '"chan tai"@mail.example',
        "陳@mail.example",
        f"{'a' * 65}@mail.example",
    ],
)
def test_what_is_no_plain_mailbox_is_refused(town, address):
    with pytest.raises(CommandRejected, match="address"):
        town.ask_to_be_told(address=address)


def test_the_same_address_again_is_not_recorded_again(town):
    town.ask_to_be_told()
    head = town.ledger.head
    town.ask_to_be_told()
    same = town.ledger.head
    town.ask_to_be_told(language="en")

    assert (same, town.ledger.head) == (head, head + 1)


def test_only_they_themselves_say_where_they_are_told(town):
    agent = replace(APPLICANT, role=Role.AGENT, id="agent-1")

    with pytest.raises(NotAllowed):
        town.ask_to_be_told(who=agent)
    with pytest.raises(NotAllowed):
        town.contacts.withdraw(agent)


def test_a_contact_shows_its_address_to_nobody():
    given = GiveContact(address=ADDRESS, language="en")

    assert ADDRESS not in repr(given)
