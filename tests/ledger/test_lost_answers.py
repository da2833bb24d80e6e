"""What a caller is told where the answer to a commit is lost on its way."""

import sqlite3
from contextlib import closing, contextmanager

import pytest

from ledger.databases.errors import CannotReach
from ledger.errors import LogDamaged, OutcomeUnknown, Unavailable
from tests.ledger.ledgers import opened
from tests.ledger.test_once import submit


class Unreliable:
    """A database that commits without answering, or does nothing, as often as it is told."""

    is_shared = False

    def __init__(self, database):
        self._database = database
        self.lost = self.refused = self.then_refused = 0

    def __getattr__(self, name):
        return getattr(self._database, name)

    @contextmanager
    def writing(self):
        if self.refused:
            self.refused -= 1
            raise CannotReach("refused")
        with self._database.writing() as session:
            yield session
        if self.lost:
            self.lost -= 1
            self.refused = self.then_refused
            raise CannotReach("lost")


@pytest.fixture
def ledger(database):
    return opened(database, through=lambda database: Unreliable(database))


def test_a_commit_whose_answer_was_lost_is_answered_all_the_same(ledger):
    head = ledger.head
    ledger.recorder.database.lost, ledger.recorder.database.then_refused = 1, 0

    added = submit(ledger)

    assert added.position == ledger.head == ledger.recorder.max_notification_id() > head


def test_nobody_is_told_that_it_was_not_recorded_where_nobody_could_look(ledger):
    ledger.recorder.database.lost, ledger.recorder.database.then_refused = 1, 1

    with pytest.raises(OutcomeUnknown, match="send it again with the same id"):
        submit(ledger)

    head = ledger.recorder.max_notification_id()
    assert submit(ledger).position == head == ledger.recorder.max_notification_id()


def test_what_was_not_committed_is_not_there(ledger):
    ledger.recorder.database.refused = 1
    head = ledger.head

    with pytest.raises(Unavailable) as refused:
        submit(ledger)

    assert not isinstance(refused.value, OutcomeUnknown)
    assert ledger.recorder.max_notification_id() == head


@pytest.mark.parametrize("database", ["SQLite"], indirect=True)
def test_a_log_put_back_to_an_earlier_state_is_not_gone_on_with(ledger, put_back):
    submit(ledger)
    put_back()

    with pytest.raises(LogDamaged, match="put back to an earlier state"):
        submit(ledger)
    with pytest.raises(LogDamaged, match="put back to an earlier state"):
        ledger.recorder.frontier()


@pytest.fixture
def put_back(database):
    """Takes the newest entry out of the tables, as an old copy in their place would."""

    def put_back():
        with closing(sqlite3.connect(database)) as db, db:
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
                db.execute(f"DROP TRIGGER {name}")
            [(head,)] = db.execute("SELECT max(rowid) FROM stored_events")
            db.execute("DELETE FROM stored_events WHERE rowid = ?", (head,))
            db.execute("DELETE FROM merkle_leaves WHERE leaf_index = ?", (head - 1,))

    return put_back
