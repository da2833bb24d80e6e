"""Many jobs share a commit, and each is answered for itself."""

import time
from contextlib import closing, contextmanager, suppress
from threading import Event, Thread

import pytest
from msgspec.structs import replace

from ledger.afterwards import Afterwards
from ledger.draft import Draft
from ledger.errors import (
    CaseChanged,
    Closed,
    CommandRejected,
    LogDamaged,
    Overloaded,
    Unavailable,
)
from ledger.events import CaseClosed
from ledger.writer import Writer
from tests.ledger.cases import NOON
from tests.ledger.examples import EXAMPLES

ENTRY = EXAMPLES["case.closed.v1"]
BAD = replace(ENTRY, event=CaseClosed(outcome="BAD"))
SECONDS = 5


class Log:
    """Commits drafts into a list, unless `error` says why not."""

    def __init__(self):
        self.commits = []
        self.error = None

    @contextmanager
    def begin(self, _keys):
        draft = Draft(head=sum(map(len, self.commits)), last_recorded=NOON)
        yield draft
        if draft.entries:
            self.commit(draft)

    def commit(self, draft):
        if self.error is not None and self.error(draft) is not None:
            raise self.error(draft)
        self.commits.append(list(draft.entries))


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def writer(log):
    with closing(Writer(log.begin, capacity=40)) as writer:
        yield writer


@pytest.fixture
def held(writer):
    """Keeps the writer at a first job until it is set, so that others have to wait."""
    began, release = Event(), Event()

    def job(_draft):
        began.set()
        release.wait(SECONDS)

    writer.put(job)
    assert began.wait(SECONDS)
    yield release
    release.set()


def events(draft):
    return [entry.event for entry in draft.entries]


def add(draft):
    [added] = draft.add([ENTRY], [])
    return added.position


def refuse(_draft):
    raise CommandRejected("a rule refuses")


def test_what_waits_together_is_committed_together(writer, held, log):
    answers = [writer.put(add) for _ in range(20)]

    held.set()

    assert [answer.result(SECONDS) for answer in answers] == list(range(1, 21))
    assert [len(commit) for commit in log.commits] == [20]


def test_nobody_is_answered_before_the_commit(writer, log):
    committing, go_on = Event(), Event()

    def wait(_draft):
        committing.set()
        go_on.wait(SECONDS)

    log.error = wait
    answer = writer.put(add)

    assert committing.wait(SECONDS)
    assert not answer.done()
    go_on.set()
    assert answer.result(SECONDS) == 1


def test_a_refusal_leaves_the_others_of_its_batch_alone(writer, held, log):
    answers = [writer.put(job) for job in (add, refuse, add)]

    held.set()

    assert [answers[0].result(SECONDS), answers[2].result(SECONDS)] == [1, 2]
    with pytest.raises(CommandRejected):
        answers[1].result(SECONDS)


def test_a_refusal_leaves_nothing_of_what_was_added_before_it(writer, held, log):
    def add_and_refuse(draft):
        draft.add([BAD], [])
        raise CommandRejected("no")

    first, refused, last = writer.put(add), writer.put(add_and_refuse), writer.put(add)
    held.set()

    assert first.result(SECONDS)
    assert last.result(SECONDS)
    with pytest.raises(CommandRejected):
        refused.result(SECONDS)
    assert [entry.event for commit in log.commits for entry in commit] == [ENTRY.event] * 2


def test_a_refusal_is_not_told_either_when_nothing_could_be_committed(writer, held, log):
    log.error = lambda _draft: Unavailable("the disk is full")
    added, refused = writer.put(add), writer.put(refuse)

    held.set()

    for answer in (added, refused):
        with pytest.raises(Unavailable):
            answer.result(SECONDS)
    assert log.commits == []


@pytest.mark.parametrize("fault", [CaseChanged, OverflowError])
def test_whoever_is_at_fault_in_a_batch_fails_alone(writer, held, log, fault):
    def contains_bad(draft):
        return fault("this one") if BAD.event in events(draft) else None

    def add_bad(draft):
        return draft.add([BAD], [])

    log.error = contains_bad
    answers = [writer.put(job) for job in (add, add_bad, add)]

    held.set()

    assert [answers[0].result(SECONDS), answers[2].result(SECONDS)] == [1, 2]
    with pytest.raises(fault):
        answers[1].result(SECONDS)


def test_the_writer_goes_on_after_a_failure(writer, log):
    log.error = lambda _draft: LogDamaged("once")
    with pytest.raises(LogDamaged):
        writer.put(add).result(SECONDS)
    log.error = None

    assert writer.put(add).result(SECONDS) == 1


def test_a_full_queue_pushes_back(writer, held):
    waiting = [writer.put(add) for _ in range(40)]

    with pytest.raises(Overloaded):
        writer.put(add)

    held.set()
    assert all(answer.result(SECONDS) for answer in waiting)


def test_closing_finishes_what_is_queued(log):
    writer = Writer(log.begin)
    answers = [writer.put(add) for _ in range(100)]

    writer.close()

    assert [answer.result(0) for answer in answers] == list(range(1, 101))


def test_who_waits_is_answered_also_where_others_write(writer, log):
    waiting = [writer.put(add) for _ in range(20)]

    alone = writer.put(add, wait=True)

    assert sorted([alone.result(SECONDS), *(each.result(SECONDS) for each in waiting)]) == [
        *range(1, 22)
    ]
    assert sum(map(len, log.commits)) == 21


def test_what_nobody_waits_for_is_done_soon_after_whoever_wrote(log):
    rested = Event()

    with closing(Writer(log.begin, rested.set)) as writer:
        writer.put(add, wait=True)
        assert rested.wait(SECONDS)
        rested.clear()
        writer.put(add)
        assert rested.wait(SECONDS)


def test_what_nobody_waits_for_holds_nobody_up(log):
    begun, held = Event(), Event()

    def rest():
        begun.set()
        held.wait(SECONDS)

    with closing(Writer(log.begin, rest)) as writer:
        writer.put(add)
        assert begun.wait(SECONDS)
        second = writer.put(add).result(SECONDS)
        held.set()

    assert second == 2


def test_what_is_asked_for_while_it_is_done_is_done_again():
    begun, held, again = Event(), Event(), Event()

    def work():
        if begun.is_set():
            again.set()
        begun.set()
        held.wait(SECONDS)

    with closing(Afterwards(work)) as afterwards:
        afterwards.ask()
        assert begun.wait(SECONDS)
        afterwards.ask()
        held.set()
        assert again.wait(SECONDS)


def test_it_ends_also_when_that_comes_just_as_it_begins():
    afterwards = [Afterwards(bool) for _ in range(200)]
    for each in afterwards:
        each.ask()
    # Each is about to look whether it is over.
    time.sleep(0.095)

    def close_all():
        for each in afterwards:
            each.close()

    closes = Thread(target=close_all, daemon=True)
    closes.start()
    closes.join(SECONDS)

    assert not closes.is_alive()


def test_what_nobody_waits_for_is_done_a_last_time(log):
    done = []

    writer = Writer(log.begin, lambda: done.append(len(log.commits)))
    for _ in range(50):
        writer.put(add, wait=True)
    writer.close()

    assert done[-1] == 50
    assert len(done) < 50


def test_nothing_put_while_it_closes_is_left_unanswered(log):
    writer = Writer(log.begin)
    answers = []

    def put():
        with suppress(Closed):
            while True:
                answers.append(writer.put(add))

    putting = Thread(target=put)
    putting.start()
    while len(answers) < 10:
        pass
    writer.close()
    putting.join(SECONDS)

    assert all(answer.done() for answer in answers)


def test_a_closed_writer_takes_nothing(log):
    writer = Writer(log.begin)
    writer.close()

    with pytest.raises(Closed):
        writer.put(add)


def test_who_gives_up_on_a_job_that_waits_takes_nobody_else_with_them(writer, held):
    given_up, other = writer.put(add), writer.put(add)

    assert given_up.cancel()
    held.set()

    assert other.result(SECONDS) == 1
    assert writer.is_running()
