"""CSV: a row for every entry, and no cell that a spreadsheet would run."""

import csv
import io

import pytest

from tests.ledger.exporting.telling import selected, written
from tests.ledger.importing.logs import event, trace


def rows(content):
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_csv_has_a_row_for_each_entry_also_for_those_that_count_no_more(select):
    content = written("csv", select())

    table = rows(content)
    assert len(table) == sum(len(case.entries) for case in select())
    taken_back = [
        row for row in table if row["event"] == "fact.recorded.v1" and row["counts"] == "no"
    ]
    assert [row["number"] for row in taken_back] == ["1"]
    assert content.count(b"\r\n") == len(table) + 1
    assert not content.startswith("\ufeff".encode())


@pytest.mark.parametrize("number", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"])
def test_no_cell_of_a_csv_is_a_formula(ledger, bring, folder, number):
    bring(trace(number.replace("\t", "&#9;"), event("=cmd|' /C calc'!A0")))

    for row in rows(written("csv", selected(ledger, folder))):
        assert row["number"] == f"'{number}"
        assert all(
            not cell.startswith(("=", "+", "-", "@", "\t", "＝")) for cell in row.values()
        )
