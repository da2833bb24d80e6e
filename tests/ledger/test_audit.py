"""Whatever is changed behind the ledger's back, the audit names where.

A home is filled once: the log's first entry (1), a case of ours (2 to 4), and
a delivery: its mapping (5), that it began (6), one history with two facts (7
to 9), and that it finished (10).
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from cose import cbor
from ledger.application import Ledger
from ledger.audit import audit
from ledger.finding import Findings
from ledger.importing.deliveries import deliver
from ledger.projections.case_list import CaseList
from ledger.projections.follower import Follower
from ledger.projections.timeline import Timeline
from ledger.transparency import leaf_hash
from tests.ledger.cases import ACCEPT, APPLICANT, CALENDARS, CLERK, REVIEW, REVIEWER, SUBMIT
from tests.ledger.importing.logs import event, log, mapping, trace, written
from tests.ledger.ledgers import do, opened
from tests.ledger.tampering import unguarded

VIEWS = (CaseList(CALENDARS), Timeline())
HEAD = 10
PAGE = 4096


@contextmanager
def ledger_in(home: Path) -> Iterator[Ledger]:
    ledger = opened(str(home / "ledger.sqlite"))
    yield ledger
    ledger.close()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("filled")
    path = written(home, log(trace("A", event("apply"), event("check"))))
    with ledger_in(home) as ledger:
        do(ledger, SUBMIT, APPLICANT)
        do(ledger, ACCEPT, CLERK)
        deliver(ledger, path, mapping=mapping(), register="town")
        with closing(Follower(ledger, home, VIEWS)) as follower:
            follower.catch_up()
    return home


@pytest.fixture
def home(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(filled, tmp_path / "home", symlinks=True))


def audited(home: Path) -> Findings:
    with ledger_in(home) as ledger:
        return audit(ledger, home, VIEWS)


def first_wrong(home: Path) -> tuple[int, str]:
    """The first position that is wrong, and everything that is wrong there."""
    wrong = audited(home).wrong
    first = wrong[0].position
    return first, "; ".join(each.problem for each in wrong if each.position == first)


def tamper(database: Path, *changes: str) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as db, unguarded(db):
        for change in changes:
            db.execute(change)


def rewrite(database: Path, position: int, field: int, change: Callable[[Any], Any]) -> None:
    """Change a field of an entry, and its leaf with it, as one who knows the format would."""
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        select = "SELECT state FROM stored_events WHERE rowid = ?"
        fields = cbor.decode(db.execute(select, [position]).fetchone()[0])
        fields[field] = change(fields[field])
        store(db, position, cbor.encode(fields))


def store(db: sqlite3.Connection, position: int, state: bytes) -> None:
    with unguarded(db):
        db.execute("UPDATE stored_events SET state = ? WHERE rowid = ?", [state, position])
        leaf = leaf_hash(state)
        db.execute(
            "UPDATE merkle_leaves SET hash = ? WHERE leaf_index = ?", [leaf, position - 1]
        )


def test_an_untouched_home_has_nothing_wrong(home):
    findings = audited(home)

    assert findings == Findings(entries=HEAD, streams=5, wrong=())


@pytest.mark.parametrize(
    ("change", "position", "problem"),
    [
        ("UPDATE stored_events SET rowid = 11 WHERE rowid = 8", 8, "from position 7 to 9"),
        ("UPDATE stored_events SET rowid = -1 WHERE rowid = 3", -1, "from position 0 to -1"),
        ("DELETE FROM stored_events WHERE rowid = 8", 8, "from position 7 to 9"),
        (
            "UPDATE stored_events SET originator_id = 'x' WHERE rowid = 3",
            3,
            "not hold an entry",
        ),
        (
            "UPDATE stored_events SET originator_id = upper(originator_id) WHERE rowid = 8",
            8,
            "not written the one way",
        ),
        (
            "UPDATE stored_events SET originator_id = hex(zeroblob(16)) WHERE rowid = 3",
            3,
            "the columns contradict the entry",
        ),
        (
            "UPDATE stored_events SET originator_version = 9 WHERE rowid = 3",
            3,
            "does not follow",
        ),
        (
            "UPDATE stored_events SET topic = 'case.closed.v1' WHERE rowid = 3",
            3,
            "the columns contradict the entry",
        ),
        ("UPDATE stored_events SET state = x'80' WHERE rowid = 3", 3, "leaf is not the hash"),
        (
            "UPDATE stored_events SET state = 'text' WHERE rowid = 3",
            3,
            "not the hash of the entry",
        ),
        (
            "UPDATE merkle_leaves SET hash = zeroblob(32) WHERE leaf_index = 2",
            3,
            "leaf is not the hash",
        ),
        ("DELETE FROM merkle_leaves WHERE leaf_index = 2", 3, "leaf is not the hash"),
        (
            "INSERT INTO merkle_leaves VALUES (10, zeroblob(32))",
            11,
            "a Merkle leaf, and no entry",
        ),
        ("UPDATE once_keys SET first_position = 0", 0, "not as it was written"),
        ("UPDATE once_keys SET last_position = 99", 1, "not as it was written"),
        ("UPDATE once_keys SET last_position = 1", 2, "not as it was written"),
    ],
)
def test_a_changed_row_of_the_log_is_named_by_its_position(home, change, position, problem):
    tamper(home / "ledger.sqlite", change)

    first = first_wrong(home)

    assert first[0] == position
    assert problem in first[1]


@pytest.mark.parametrize(
    ("field", "change", "problem"),
    [
        pytest.param(0, lambda _: "case.closed.v1", "does not decode", id="name"),
        pytest.param(0, lambda _: "case.dreamt.v1", "does not decode", id="unknown name"),
        pytest.param(1, lambda _: bytes(16), "contradict", id="stream"),
        pytest.param(2, lambda version: version + 1, "contradict", id="version"),
        pytest.param(3, lambda at: at - 1, "recorded before the entry", id="recorded earlier"),
        pytest.param(3, lambda _: 1 << 62, "does not decode", id="no such time"),
        pytest.param(4, lambda _: None, "does not decode", id="effective never"),
        pytest.param(6, lambda _: ["king"], "does not decode", id="actor"),
        pytest.param(11, lambda _: {}, "does not decode", id="body"),
    ],
)
def test_an_entry_rewritten_together_with_its_leaf_is_still_found(home, field, change, problem):
    rewrite(home / "ledger.sqlite", 3, field, change)

    first = first_wrong(home)

    assert first[0] == 3
    assert problem in first[1]


def test_what_an_entry_says_is_held_against_the_views(home):
    rewrite(home / "ledger.sqlite", 4, 4, lambda effective_at: effective_at - 1)

    findings = audited(home)

    assert [f.position for f in findings.wrong] == [HEAD]
    assert "the view timeline is not the fold" in findings.wrong[0].problem


def test_an_entry_in_another_encoding_of_the_same_value_is_found(home):
    with closing(sqlite3.connect(home / "ledger.sqlite", isolation_level=None)) as db:
        select = "SELECT state FROM stored_events WHERE rowid = 3"
        (state,) = db.execute(select).fetchone()
        store(db, 3, b"\x98\x0c" + state[1:])

    assert first_wrong(home) == (3, "not in deterministic form (RFC 8949, 4.2.1)")


def test_the_log_begins_with_its_own_entry_and_only_once(home):
    with closing(sqlite3.connect(home / "ledger.sqlite", isolation_level=None)) as db:
        (state,) = db.execute("SELECT state FROM stored_events WHERE rowid = 1").fetchone()
    fields = cbor.decode(state)
    rewrite(home / "ledger.sqlite", 5, 0, lambda _: fields[0])
    rewrite(home / "ledger.sqlite", 5, 11, lambda _: fields[11])
    tamper(
        home / "ledger.sqlite",
        "UPDATE stored_events SET topic = 'log.began.v1' WHERE rowid = 5",
    )

    first = first_wrong(home)

    assert first[0] == 5
    assert "stands twice" in first[1]


@pytest.mark.parametrize(
    ("view", "change", "position", "problem"),
    [
        ("case_list", "UPDATE cases SET status = 'GRANTED'", HEAD, "is not the fold"),
        ("case_list", "UPDATE cases SET events = 1.5", 0, "is damaged"),
        ("case_list", "DELETE FROM cases WHERE register IS NULL", HEAD, "is not the fold"),
        ("case_list", "UPDATE duties SET due = '2030-01-01'", HEAD, "is not the fold"),
        (
            "case_list",
            "INSERT INTO conflicts VALUES ('a', 1, 'b', 'c')",
            HEAD,
            "is not the fold",
        ),
        ("case_list", "UPDATE reached SET position = 3", 3, "is not the fold"),
        ("case_list", "UPDATE reached SET position = 11", 11, "reaches beyond the log"),
        ("case_list", "UPDATE reached SET version = 0", 0, "is of another version"),
        ("case_list", "UPDATE reached SET view = 'other'", 0, "is of another version"),
        ("case_list", "DROP TABLE duties", 0, "is damaged"),
        ("timeline", "UPDATE timeline SET actor = 'nobody'", HEAD, "is not the fold"),
        ("timeline", "UPDATE timeline SET details = '{}'", HEAD, "is not the fold"),
    ],
)
def test_a_view_that_is_not_the_fold_of_its_log_is_named(home, view, change, position, problem):
    tamper(home / f"{view}.sqlite", change)

    (finding,) = audited(home).wrong

    assert finding.position == position
    assert finding.problem.startswith(f"the view {view} {problem}")


def test_a_log_that_the_disk_spoiled_is_read_as_far_as_it_goes(home):
    with ledger_in(home) as ledger:
        [second] = ledger.recorder.select_notifications(2, 1)
    database = home / "ledger.sqlite"
    content = database.read_bytes()
    page = content.index(second.state) // PAGE * PAGE
    database.write_bytes(content[:page] + bytes(PAGE) + content[page + PAGE :])

    position, problem = first_wrong(home)

    assert position == 1
    assert "cannot be read from here on" in problem


def test_a_view_that_was_deleted_is_not_missed(home):
    (home / "timeline.sqlite").unlink()

    assert audited(home).wrong == ()


def test_a_view_that_is_behind_is_held_against_its_own_position(home):
    with ledger_in(home) as ledger:
        do(ledger, REVIEW, REVIEWER)

        findings = audit(ledger, home, VIEWS)

    assert findings.wrong == ()


def test_the_first_position_that_is_wrong_comes_first(home):
    tamper(home / "ledger.sqlite", "UPDATE once_keys SET last_position = 99")
    tamper(home / "ledger.sqlite", "UPDATE stored_events SET topic = 'x' WHERE rowid IN (9, 8)")

    positions = [finding.position for finding in audited(home).wrong]

    assert positions == sorted(positions)
    assert positions[0] == 1


def test_it_is_told_what_is_read(home):
    told = []
    with ledger_in(home) as ledger:
        audit(ledger, home, VIEWS, lambda *progress: told.append(progress))

    assert told == [("log", HEAD, HEAD), ("case_list", HEAD, HEAD), ("timeline", HEAD, HEAD)]
