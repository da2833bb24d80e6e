"""The audit looks at a log in the same way wherever it is kept."""

import pytest

from ledger.audit import audit
from tests.ledger.cases import ACCEPT, APPLICANT, CLERK, SUBMIT
from tests.ledger.ledgers import do


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
        session.insert(change, [values])

    wrong = audited().wrong

    assert wrong[0].position == (head if position is None else position)
