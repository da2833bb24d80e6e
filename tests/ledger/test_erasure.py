"""An erasure that was recorded is carried out, whatever stopped it before, and for good."""

import sqlite3
import threading
from contextlib import ExitStack, closing, suppress
from functools import partial
from uuid import UUID

import pytest

from ledger.actor import Actor, Channel, Role
from ledger.commands import WithdrawApplication
from ledger.draft import Draft
from ledger.erasure import Eraser
from ledger.errors import CommandRejected, HomeBusy, HomeUnusable, LedgerError, ViewBehind
from ledger.handover.unfinished import unfinished
from ledger.history_events import history_id
from ledger.holding import cases_of, unseen
from ledger.locking import held
from ledger.opening import all_views
from ledger.person_requests import PersonRequests
from ledger.personal import Hidden
from ledger.projections.follower import Follower
from ledger.request_commands import DecideRequest, MakeRequest
from ledger.stores.key_table import FileKeyTable
from ledger.stores.subject_keys import SubjectKeyStore
from ledger.subject_commands import (
    EraseSubject,
    LiftRestriction,
    RestrictSubject,
    SubjectCommand,
)
from ledger.subject_events import Standing
from ledger.subjects import Subjects
from tests.ledger.cases import APPLICANT, CASE, SUBMIT, VERIFIED, at
from tests.ledger.delivering import EVENING, NOON, REGISTER, delivered, told
from tests.ledger.fakes import Dice, FakeSubjectKeys
from tests.ledger.importing.logs import event, trace
from tests.ledger.ledgers import check_log, do, opened

OPERATOR = Actor(role=Role.OPERATOR, id="7", principal="7", channel=Channel.SYSTEM)
SUBJECT = APPLICANT.principal


class Stopped(HomeUnusable):
    """Stands for whatever cannot be done now."""


class Killed(BaseException):
    """Stands for a process that ends here, and does not get to do anything more."""


class FakeMaterials:
    """Knows of whom it was told to remove everything; stops where it is told to."""

    def __init__(self) -> None:
        self.erased: list[str] = []
        self.stops = False
        self.keeps = ""

    def erase(self, subject):
        if self.stops:
            raise Stopped
        if subject == self.keeps:
            raise PermissionError(13, "not ours to remove")
        self.erased.append(subject)


class StoppingKeys(FakeSubjectKeys):
    """Stops before or after it destroys a key."""

    stops = ""

    def create_again(self, subject):
        self._keys[subject] = FakeSubjectKeys(subject).key(subject)

    def erase(self, subject):
        if self.stops == "before":
            raise Stopped
        super().erase(subject)
        if self.stops == "after":
            raise Stopped
        if self.stops == "killed":
            raise Killed


@pytest.fixture
def keys():
    return StoppingKeys()


@pytest.fixture
def ledger(database, keys):
    ledger = opened(database, keys=keys)
    yield ledger
    check_log(ledger)
    ledger.close()


@pytest.fixture
def materials():
    return FakeMaterials()


@pytest.fixture
def over(ledger, folder):
    """A case that is over, in views that hold it opened; the person is erased in the log."""
    do(ledger, SUBMIT, APPLICANT)
    do(ledger, WithdrawApplication(case_id=CASE, reason="Zzyzx"), APPLICANT)
    with closing(Follower(ledger, folder, all_views(ledger))) as follower:
        follower.catch_up()
    give(ledger, RestrictSubject(subject=SUBJECT, basis="pipl-47"), 1)
    return give(ledger, EraseSubject(subject=SUBJECT, basis="pipl-47"), 2)


@pytest.fixture
def eraser(ledger, folder, materials):
    """Makes erasers, as each start does."""

    def eraser():
        return Eraser(ledger, materials, folder, all_views(ledger))

    return eraser


@pytest.fixture
def back(over, eraser, keys):
    """A person who was erased, and whose key came back out of a backup."""
    eraser().finish()
    keys.create_again(SUBJECT)
    return over


def give(ledger, command, number):
    return Subjects(ledger).give(
        command, OPERATOR, command_id=UUID(int=number), cases=lambda _: [CASE]
    )


def opened_views(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in files if b"zzyzx" in path.read_bytes().lower()]


def test_what_is_recorded_is_carried_out(over, eraser, keys, materials, folder):
    assert opened_views(folder)

    started = eraser()
    destroyed = started.finish()

    assert destroyed == 1
    assert started.has_finished(over.position)
    assert keys.key(SUBJECT) is None
    assert materials.erased == [SUBJECT]
    assert opened_views(folder) == []


@pytest.mark.parametrize("where", ["materials", "before the key", "after the key", "the views"])
def test_whatever_stops_it_the_next_start_ends_it(over, eraser, keys, materials, folder, where):
    materials.stops = where == "materials"
    keys.stops = {"before the key": "before", "after the key": "after"}.get(where, "")
    stopped = eraser()
    with ExitStack() as obstacles:
        if where == "the views":
            obstacles.enter_context(held(folder / "search.lock", "rebuilt by another"))
        with pytest.raises((HomeUnusable, HomeBusy)):
            stopped.finish()
    assert not stopped.has_finished(over.position)
    assert opened_views(folder)

    materials.stops, keys.stops = False, ""
    started = eraser()
    started.finish()

    assert started.has_finished(over.position)
    assert keys.key(SUBJECT) is None
    assert {*materials.erased} == {SUBJECT}
    assert opened_views(folder) == []


def test_a_start_with_nothing_new_to_do_folds_nothing_anew(over, eraser, folder):
    eraser().finish()
    before = (folder / "search.sqlite").resolve().stat().st_ino

    assert eraser().finish() == 0

    assert (folder / "search.sqlite").resolve().stat().st_ino == before


def test_nobody_is_erased_by_a_view_that_may_not_know_of_a_case_yet(ledger, folder):
    def erase():
        command = EraseSubject(subject=SUBJECT, basis="pipl-47")
        cases = partial(cases_of, ledger, folder, SUBJECT)
        Subjects(ledger).give(command, OPERATOR, command_id=UUID(int=2), cases=cases)

    with closing(Follower(ledger, folder, all_views(ledger))) as follower:
        follower.catch_up()
        do(ledger, SUBMIT, APPLICANT)
        give(ledger, RestrictSubject(subject=SUBJECT, basis="pipl-47"), 1)

        with pytest.raises(ViewBehind):
            erase()
        follower.catch_up()
        with pytest.raises(CommandRejected, match="open cases"):
            erase()


def what_goes_on(ledger, folder):
    where = ledger, folder, SUBJECT
    return {"cases": partial(cases_of, *where), "others": partial(unfinished, *where)}


def test_nobody_is_erased_on_a_grant_while_a_case_is_newer_than_the_view(ledger, folder):
    requests = PersonRequests(ledger, Subjects(ledger), "CN-GD")
    asked = MakeRequest(id=UUID(int=9), kind="erasure")
    grant = DecideRequest(id=asked.id, outcome="grant", ground="pipl-47", reason="辦結")
    requests.give(asked, APPLICANT)
    with closing(Follower(ledger, folder, all_views(ledger))) as follower:
        follower.catch_up()
    do(ledger, SUBMIT, APPLICANT)

    with pytest.raises(CommandRejected, match="open cases"):
        requests.give(grant, OPERATOR, **what_goes_on(ledger, folder))

    assert ledger.standing(SUBJECT) is Standing.FREE


def test_nobody_is_erased_while_a_case_is_being_opened_in_the_same_batch(ledger, folder):
    subjects = Subjects(ledger)
    with closing(Follower(ledger, folder, all_views(ledger))) as follower:
        follower.catch_up()
    commands: list[SubjectCommand] = [
        RestrictSubject(subject=SUBJECT, basis="pipl-47"),
        EraseSubject(subject=SUBJECT, basis="pipl-47"),
    ]
    ledger.keys.create([SUBJECT])

    def job(draft):
        ledger.append(draft, ledger.decide(draft, SUBMIT, APPLICANT, VERIFIED))
        subjects.decide(draft, commands, OPERATOR, **what_goes_on(ledger, folder))

    with pytest.raises(CommandRejected, match="open cases"):
        ledger.write(job)


def test_how_far_a_view_may_be_behind_is_bounded_for_a_job(ledger):
    draft = Draft(head=10_001, last_recorded=at("2026-02-10 12:00"))

    with pytest.raises(ViewBehind, match="far behind"):
        list(unseen(ledger, 0, draft))


def search_file(folder):
    return (folder / "search.sqlite").resolve().stat().st_ino


def test_a_key_that_came_back_out_of_a_backup_is_destroyed_again(back, eraser, keys, folder):
    before = search_file(folder)

    assert eraser().finish() == 1

    assert keys.key(SUBJECT) is None
    assert search_file(folder) != before


def test_a_kill_after_a_key_that_came_back_leaves_the_rest_to_the_next_start(
    back, eraser, keys, folder
):
    before = search_file(folder)
    keys.stops = "killed"
    with pytest.raises(Killed):
        eraser().finish()
    assert keys.key(SUBJECT) is None
    assert search_file(folder) == before

    keys.stops = ""
    eraser().finish()

    assert search_file(folder) != before


def test_what_stops_it_after_a_key_that_came_back_is_tried_again(back, eraser, keys, folder):
    before, started = search_file(folder), eraser()
    keys.stops = "after"
    for _ in range(2):
        with pytest.raises(Stopped):
            started.finish()
        assert started.has_failed(back.position)

    keys.stops = ""
    started.finish()

    assert started.has_finished(back.position)
    assert search_file(folder) != before


def test_a_key_that_is_being_read_leaves_its_files_later_also_after_a_restart(
    tmp_path, materials
):
    path = tmp_path / "subjects.sqlite"
    keys = SubjectKeyStore(FileKeyTable(path, patience=0.2), [bytes(32)], Dice())
    ledger = opened(str(tmp_path / "log.sqlite"), keys=keys)
    do(ledger, SUBMIT, APPLICANT)
    do(ledger, WithdrawApplication(case_id=CASE), APPLICANT)
    give(ledger, RestrictSubject(subject=SUBJECT, basis="pipl-47"), 1)
    give(ledger, EraseSubject(subject=SUBJECT, basis="pipl-47"), 2)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN")
        [(wrapped,)] = other.execute(
            "SELECT wrapped FROM subject_keys WHERE subject = ?", (SUBJECT,)
        )

        with pytest.raises(LedgerError, match="read by another process"):
            Eraser(ledger, materials, tmp_path, []).finish()
        assert holding(tmp_path, wrapped)

    Eraser(ledger, materials, tmp_path, []).finish()

    assert holding(tmp_path, wrapped) == []


def holding(folder, value):
    return [path.name for path in folder.glob("subjects*") if value in path.read_bytes()]


def test_one_person_who_cannot_be_erased_holds_up_nobody_else(
    ledger, over, eraser, keys, materials, folder
):
    keys.create(["another"])
    give(ledger, RestrictSubject(subject="another", basis="pipl-47"), 3)
    later = give(ledger, EraseSubject(subject="another", basis="pipl-47"), 4)
    materials.keeps, started = SUBJECT, eraser()

    with pytest.raises(HomeUnusable, match="PermissionError"):
        started.finish()

    assert keys.key("another") is None
    assert started.has_finished(later.position)
    assert not started.has_finished(over.position)
    for materials.keeps in (SUBJECT, ""):
        with suppress(HomeUnusable):
            eraser().finish()
    assert keys.key(SUBJECT) is None
    assert opened_views(folder) == []


def test_a_service_carries_out_what_another_server_records(ledger, eraser, keys):
    do(ledger, SUBMIT, APPLICANT)
    do(ledger, WithdrawApplication(case_id=CASE), APPLICANT)
    running, stop = eraser(), threading.Event()
    thread = threading.Thread(target=running.run, args=(stop,))
    thread.start()
    try:
        give(ledger, RestrictSubject(subject=SUBJECT, basis="pipl-47"), 1)
        changed = give(ledger, EraseSubject(subject=SUBJECT, basis="pipl-47"), 2)
        for _ in range(100):
            if running.has_finished(changed.position):
                break
            stop.wait(0.1)
    finally:
        stop.set()
        ledger.wake()
        thread.join()

    assert keys.key(SUBJECT) is None


def test_a_restriction_that_was_lifted_leaves_the_person_as_they_were(ledger, eraser, keys):
    do(ledger, SUBMIT, APPLICANT)
    key = keys.key(SUBJECT)

    give(ledger, RestrictSubject(subject=SUBJECT, basis="pipl-44"), 1)
    lifted = give(ledger, LiftRestriction(subject=SUBJECT), 2)
    eraser().finish()

    assert lifted.standing is Standing.FREE
    assert keys.key(SUBJECT) == key


def test_a_later_delivery_adds_nothing_about_a_person_erased(ledger, tmp_path, eraser, keys):
    given = [trace(number, event("apply", NOON, who="Zzyzx")) for number in ("1", "2")]
    later = [trace(number, event("apply", EVENING, who="Zzyzx")) for number in ("1", "2")]
    delivered(ledger, tmp_path, given)
    subject = f"history:{history_id(REGISTER, '1').hex}"
    give(ledger, RestrictSubject(subject=subject, basis="pipl-47"), 1)
    give(ledger, EraseSubject(subject=subject, basis="pipl-47"), 2)
    eraser().finish()

    report = delivered(ledger, tmp_path, later)

    assert (report.new, report.same, report.conflicting) == (1, 1, 1)
    assert [fact.attributes for fact in told(ledger, "1")] == [Hidden.ERASED]
    assert len(told(ledger, "2")) == 3
