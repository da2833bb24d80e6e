"""The audit looks at a log in the same way wherever it is kept."""

from uuid import UUID

import pytest
from msgspec.structs import replace

from ledger.audit import audit
from tests.ledger.cases import ACCEPT, APPLICANT, CLERK, SUBMIT
from tests.ledger.examples import EXAMPLES
from tests.ledger.ledgers import do, opened

BEGUN = EXAMPLES["verification.begun.v1"]


@pytest.fixture
def audited(ledger, tmp_path):
    do(ledger, SUBMIT, APPLICANT)
    do(ledger, ACCEPT, CLERK)
    return lambda: audit(ledger, tmp_path, ())


def test_an_untouched_log_has_nothing_wrong(ledger, audited):
    findings = audited()

    assert findings.wrong == ()
    assert (findings.entries, findings.streams) == (ledger.head, 2)


@pytest.mark.parametrize(
    ("change", "position"),
    [
        ("INSERT INTO merkle_leaves VALUES (99, ?)", 100),
        ("INSERT INTO tile_roots VALUES (1, 5, ?)", None),
        ("INSERT INTO once_keys VALUES (99, ?, NULL, 1, 1, NULL, ?)", 1),
    ],
)
def test_a_row_that_was_put_in_is_found(ledger, audited, change, position):
    head, values = ledger.head, [bytes(32)] * change.count("?")
    with ledger.recorder.database.writing() as session:
        session.rows(change, values)

    wrong = audited().wrong

    assert wrong[0].position == (head if position is None else position)


def test_what_is_written_meanwhile_is_no_false_alarm(ledger, database, clock, tmp_path):
    beside, numbers = opened(database, clock), iter(range(1, 10_000))

    def more(*_):
        """Fill a tile and begin another, as whoever writes may at any moment."""
        new = [replace(BEGUN, stream=UUID(int=next(numbers)), version=1) for _ in range(300)]
        ledger.record(new)

    more()
    findings = audit(beside, tmp_path, (), more)

    assert findings.wrong == ()
    assert findings.entries == 301
    assert ledger.head > 600


def test_a_trigger_that_is_gone_is_named_also_once_opening_made_it_anew(
    ledger, database, clock, tmp_path
):
    trigger, off = "stored_events_refuse_delete", "DROP TRIGGER stored_events_refuse_delete"
    if ledger.recorder.database.is_shared:
        trigger = "stored_events_refuse"
        off = f"ALTER TABLE stored_events DISABLE TRIGGER {trigger}"
    with ledger.recorder.database.writing() as session:
        session.rows(off)

    meanwhile = audit(ledger, tmp_path, ()).wrong
    later = audit(opened(database, clock), tmp_path, ()).wrong

    problem = f"the trigger {trigger} is missing or not ours: rows could be changed"
    assert [each.problem for each in meanwhile] == [problem]
    assert later == meanwhile


@pytest.mark.parametrize("database", ["SQLite"], indirect=True)
@pytest.mark.parametrize("name", ["once_keys_refuse_delete", "another"])
def test_a_trigger_that_does_something_else_is_named(ledger, tmp_path, name):
    with ledger.recorder.database.writing() as session:
        session.rows(f"DROP TRIGGER IF EXISTS {name}")
        session.rows(f"CREATE TRIGGER {name} BEFORE DELETE ON once_keys BEGIN SELECT 1; END")

    [finding] = audit(ledger, tmp_path, ()).wrong

    assert finding.problem.startswith(f"the trigger {name} is")
