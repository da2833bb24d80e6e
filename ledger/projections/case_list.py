"""The case list: one row a case, ours or imported, with its running duties.

Rows hold no personal field. An imported case whose facts were all superseded,
or that is only known by name, has no row.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlite_utils import Database

from ledger.calendar import Calendar, ends_at
from ledger.case import Case, Status
from ledger.entry import Entry
from ledger.history import History
from ledger.projections.folds import Folds, State
from ledger.projections.times import to_text

Row = tuple[object, ...]
"""The values of a table's columns, in the order they were created."""


class CaseList:
    """Rows `cases`, `duties` and `conflicts`."""

    name = "case_list"
    version = 3
    tables = ("cases", "duties", "conflicts")
    personal = False

    def __init__(self, calendars: Mapping[str, Calendar]) -> None:
        self._calendars = calendars

    def create(self, db: Database) -> None:
        """Create the three tables."""
        db.table("cases").create(
            {
                "id": str,
                "register": str,
                "number": str,
                "item": str,
                "authority": str,
                "subject": str,
                "status": str,
                "events": int,
                "first": str,
                "last": str,
                "version": int,
            },
            pk="id",
        )
        db.table("cases").create_index(["register", "number"])
        # Each narrows, and has what it leaves in the order that pages are in.
        for narrowing in ("register", "status", "authority", "subject"):
            db.table("cases").create_index([narrowing, "id"])
        db.table("duties").create(
            {
                "id": str,
                "duty": str,
                "due": str,
                "ends_at": str,
                "calendar": str,
                "calendar_version": str,
                "provisional": int,
            },
            pk=("id", "duty"),
        )
        db.table("duties").create_index(["ends_at"])
        db.table("conflicts").create(
            {"id": str, "fact": int, "activity": str, "occurred_at": str},
            pk=("id", "fact"),
        )

    def apply(self, db: Database, entries: Sequence[Entry], folds: Folds) -> None:
        """Write the rows of every case that `entries` touched."""
        states: dict[int, State] = {}
        listed: list[tuple[str]] = []
        for entry in entries:
            state = folds.apply(entry)
            if state is not None:
                if entry.stream.int not in states and entry.version > 1:
                    listed.append((entry.stream.hex,))
                states[entry.stream.int] = state
        for table in ("duties", "conflicts", "cases"):
            db.conn.executemany(f"DELETE FROM {table} WHERE id = ?", listed)
        cases = [s for s in states.values() if isinstance(s, Case)]
        histories = [s for s in states.values() if isinstance(s, History)]
        rows = [
            *map(_case_row, _listed(cases)),
            *(_history_row(h, folds) for h in histories if h.facts),
        ]
        duties = [row for case in cases for row in self._duty_rows(case)]
        conflicts = [row for history in histories for row in _conflict_rows(history)]
        insert = db.conn.executemany
        insert("INSERT INTO cases VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        insert("INSERT INTO duties VALUES (?, ?, ?, ?, ?, ?, ?)", duties)
        insert("INSERT INTO conflicts VALUES (?, ?, ?, ?)", conflicts)

    def _duty_rows(self, case: Case) -> Iterable[Row]:
        for duty, deadline in case.duties.items():
            yield (
                case.id.hex,
                duty,
                deadline.due.isoformat(),
                to_text(ends_at(deadline, self._calendars[deadline.calendar].zone)),
                deadline.calendar,
                deadline.version,
                int(deadline.provisional),
            )


def history_status(history: History, folds: Folds) -> str:
    """What the mapping of the last delivery that told of the case makes of its facts."""
    if history.mapping is None:
        return "PENDING"
    return folds.status(
        history.mapping,
        frozenset([fact.fact for fact in history.facts if fact.fact is not None]),
        frozenset([pair for fact in history.facts for pair in fact.matched]),
    )


def _listed(cases: Iterable[Case]) -> Iterable[Case]:
    return (case for case in cases if case.status is not Status.DRAFT)


def _case_row(case: Case) -> Row:
    return (
        case.id.hex,
        None,
        case.receipt,
        case.item,
        case.authority,
        case.subject,
        str(case.status),
        case.version,
        to_text(case.opened_at),
        to_text(case.changed_at),
        case.version,
    )


def _history_row(history: History, folds: Folds) -> Row:
    facts = history.facts
    times = [fact.occurred_at for fact in facts]
    return (
        history.id.hex,
        history.register,
        history.number,
        None,
        None,
        None,
        history_status(history, folds),
        len(facts),
        to_text(min(times)),
        to_text(max(times)),
        history.version,
    )


def _conflict_rows(history: History) -> Iterable[Row]:
    for fact in history.told:
        if fact.version in history.superseded:
            yield history.id.hex, fact.version, fact.activity, to_text(fact.occurred_at)
