"""The case list: one row a case, ours or imported, with its running duties.

Rows hold no personal field. An imported case whose facts were all superseded,
or that is only known by name, has no row.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlite_utils import Database

from ledger.calendar import Calendar, ends_at
from ledger.case import Case, Status
from ledger.entry import Entry
from ledger.history import History
from ledger.projections.folds import Folds, State
from ledger.projections.times import to_text


class CaseList:
    """Rows `cases`, `duties` and `conflicts`."""

    name = "case_list"
    version = 2
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
        db.table("cases").create_index(["status"])
        db.table("cases").create_index(["subject"])
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
        states: dict[UUID, State] = {}
        for entry in entries:
            state = folds.apply(entry)
            if state is not None:
                states[entry.stream] = state
        ids = [[stream.hex] for stream in states]
        for table in ("duties", "conflicts", "cases"):
            db.conn.executemany(f"DELETE FROM {table} WHERE id = ?", ids)
        cases = [s for s in states.values() if isinstance(s, Case)]
        histories = [s for s in states.values() if isinstance(s, History)]
        rows = [
            *map(_case_row, _listed(cases)),
            *(_history_row(h, folds) for h in histories if h.facts),
        ]
        _insert(db, "cases", rows)
        _insert(db, "duties", [row for case in cases for row in self._duty_rows(case)])
        _insert(db, "conflicts", [row for h in histories for row in _conflict_rows(h)])

    def _duty_rows(self, case: Case) -> Iterable[dict[str, Any]]:
        for duty, deadline in case.duties.items():
            zone = self._calendars[deadline.calendar].zone
            yield {
                "id": case.id.hex,
                "duty": duty,
                "due": deadline.due.isoformat(),
                "ends_at": to_text(ends_at(deadline, zone)),
                "calendar": deadline.calendar,
                "calendar_version": deadline.version,
                "provisional": int(deadline.provisional),
            }


def history_status(history: History, folds: Folds) -> str:
    """What the mapping of the last delivery that told of the case makes of its facts."""
    if history.mapping is None:
        return "PENDING"
    return folds.mapping(history.mapping).status(
        {fact.fact for fact in history.facts if fact.fact is not None},
        {pair for fact in history.facts for pair in fact.matched},
    )


def _insert(db: Database, table: str, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        columns, values = ", ".join(rows[0]), ", ".join(f":{column}" for column in rows[0])
        db.conn.executemany(f"INSERT INTO {table} ({columns}) VALUES ({values})", rows)


def _listed(cases: Iterable[Case]) -> Iterable[Case]:
    return (case for case in cases if case.status is not Status.DRAFT)


def _case_row(case: Case) -> dict[str, Any]:
    return {
        "id": case.id.hex,
        "register": None,
        "number": case.receipt,
        "item": case.item,
        "authority": case.authority,
        "subject": case.subject,
        "status": str(case.status),
        "events": case.version,
        "first": to_text(case.opened_at),
        "last": to_text(case.changed_at),
        "version": case.version,
    }


def _history_row(history: History, folds: Folds) -> dict[str, Any]:
    facts = history.facts
    times = [fact.occurred_at for fact in facts]
    return {
        "id": history.id.hex,
        "register": history.register,
        "number": history.number,
        "item": None,
        "authority": None,
        "subject": None,
        "status": history_status(history, folds),
        "events": len(facts),
        "first": to_text(min(times)),
        "last": to_text(max(times)),
        "version": history.version,
    }


def _conflict_rows(history: History) -> Iterable[dict[str, Any]]:
    for fact in history.told:
        if fact.version in history.superseded:
            yield {
                "id": history.id.hex,
                "fact": fact.version,
                "activity": fact.activity,
                "occurred_at": to_text(fact.occurred_at),
            }
