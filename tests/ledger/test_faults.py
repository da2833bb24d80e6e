"""What is of the moment is tried again and seen meanwhile; nothing is lost by it."""

import sqlite3
import threading

import pytest
from eventsourcing.persistence import OperationalError

from ledger.errors import HomeBusy, HomeUnusable, LogDamaged, Unavailable
from ledger.opening import all_views
from ledger.projections.faults import PAUSES, Fault, fault_of, retried
from ledger.projections.follower import Follower
from tests.ledger.following import Failing, Steps, a_case, read, rows, set_aside

BUSY_SNAPSHOT, IOERR_WRITE = 517, 778


def sqlite_error(code, kind=sqlite3.OperationalError):
    error = kind("as SQLite says it")
    error.sqlite_errorcode = code
    return error


MOMENTS = [
    sqlite_error(sqlite3.SQLITE_BUSY),
    sqlite_error(BUSY_SNAPSHOT),
    sqlite_error(sqlite3.SQLITE_LOCKED),
    sqlite_error(IOERR_WRITE),
    sqlite_error(sqlite3.SQLITE_FULL),
    sqlite_error(sqlite3.SQLITE_CANTOPEN),
    OperationalError("the connection is lost"),
    OSError("no space left on device"),
    HomeBusy("another process is rebuilding"),
    Unavailable("the log cannot be reached"),
    HomeUnusable("a key does not open with this master key"),
    MemoryError(),
]
OF_THE_FILE = [
    sqlite_error(sqlite3.SQLITE_CORRUPT, sqlite3.DatabaseError),
    sqlite_error(sqlite3.SQLITE_NOTADB, sqlite3.DatabaseError),
]
OF_THE_ENTRY = [
    sqlite_error(sqlite3.SQLITE_ERROR),
    sqlite_error(sqlite3.SQLITE_CONSTRAINT, sqlite3.IntegrityError),
    sqlite3.InterfaceError("a value of no type that SQLite has"),
    LogDamaged("a mapping that was never recorded"),
    KeyError("field"),
    RecursionError(),
]


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        *((error, Fault.MOMENT) for error in MOMENTS),
        *((error, Fault.FILE) for error in OF_THE_FILE),
        *((error, Fault.ENTRY) for error in OF_THE_ENTRY),
    ],
    ids=repr,
)
def test_each_error_is_of_the_moment_the_file_or_the_entry(error, fault):
    assert fault_of(error) is fault


@pytest.mark.parametrize("error", MOMENTS, ids=repr)
def test_what_passes_in_a_moment_is_not_noticed(ledger, folder, follow, error):
    a_case(ledger)

    reached = follow(Failing(Steps(), moments=[error, error])).catch_up()

    assert reached == ledger.head
    assert set_aside(folder) == {}
    assert [row[0] for row in rows(folder)] == [2, 3, 4, 5]


def test_the_tries_are_bounded_and_further_apart_each_time(ledger, folder):
    a_case(ledger)
    paused: list[float] = []
    follower = Follower(ledger, folder, [Steps(broken=4)], pause=paused.append)

    with pytest.raises(OSError, match="made to fail"):
        follower.catch_up()
    follower.close()

    assert paused == [*PAUSES]
    assert paused == sorted(paused)
    assert follower.troubles == {"steps": "OSError"}


@pytest.mark.parametrize("error", [*OF_THE_FILE, *OF_THE_ENTRY], ids=repr)
def test_what_is_not_of_the_moment_is_tried_once(error):
    tried: list[int] = []
    paused: list[float] = []

    def work():
        tried.append(1)
        raise error

    with pytest.raises(type(error)):
        retried(work, paused.append)

    assert (len(tried), paused) == (1, [])


def test_a_damaged_file_is_blamed_on_no_entry(ledger, folder, follow):
    a_case(ledger)
    follower = follow(Failing(Steps(), moments=[*OF_THE_FILE]))

    with pytest.raises(sqlite3.DatabaseError):
        follower.catch_up()

    assert set_aside(folder) == {}
    assert read(folder, Steps)[0] == 0


def test_a_running_follower_says_what_is_wrong_and_goes_on_by_itself(ledger, folder, follow):
    view, others = Steps(broken=4), all_views(ledger)
    follower, stop = follow(view, *others), threading.Event()
    a_case(ledger)
    thread = threading.Thread(target=follower.run, args=(stop,), daemon=True)
    thread.start()

    for each in others:
        assert follower.wait_for(ledger.head, 10.0, each.name)
    while not follower.troubles:
        pass
    assert follower.troubles == {"steps": "OSError"}
    assert not follower.wait_for(ledger.head, 0.1, "steps")
    view.broken = None

    assert follower.wait_for(ledger.head, 10.0)
    assert follower.trouble is None
    stop.set()
    ledger.wake()
    thread.join()
    assert [row[0] for row in rows(folder)] == [2, 3, 4, 5]
