"""Reading what the views hold, now or as it stood.

Now is read from the views' files. As it stood is the same view, folded from
the entries that counted then.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import msgspec
from sqlite_utils import Database

from ledger.application import Ledger
from ledger.calendar import Calendar
from ledger.case import Case
from ledger.case_rows import Row, Which, line_of, narrowing, page, shown
from ledger.counting import Counts, counting, counts_of
from ledger.cut import Cut
from ledger.due import Due, counted_duties, due_duties
from ledger.entry import Entry
from ledger.errors import CaseNotFound
from ledger.history import History
from ledger.history_events import FactRecorded, FactSuperseded, history_id
from ledger.projections.as_it_stood import AsItStood
from ledger.projections.case_list import CaseList, history_status
from ledger.projections.folds import CASE_KINDS, Folds, State, evolve_state
from ledger.projections.timeline import Timeline
from ledger.projections.view import view_in

_ECHOED = 80
_START = (None, None, None)


class Queries:
    """Questions to the views of one ledger."""

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self._ledger = ledger
        self._folder = folder
        self._case_list = CaseList(ledger.book.calendars)
        self._as_it_stood = AsItStood(ledger)

    def cases(self, which: Which, cut: Cut = Cut()) -> list[Row]:
        """Return the rows of the case list, by id."""
        return [*map(shown, self._select(which, cut))]

    def counts(self, which: Which, cut: Cut = Cut()) -> Counts:
        """Return how many cases there are, wherever a page begins or ends."""
        where, values = narrowing(replace(which, after=None))
        with self._rows(cut) as db:
            return counts_of(db.execute(counting(where, "cases"), values))

    def digest(self, which: Which, cut: Cut = Cut()) -> str:
        """SHA-256 over the lines of the cases, in hex."""
        return sha256("\n".join(self.lines(which, cut)).encode()).hexdigest()

    def lines(self, which: Which, cut: Cut = Cut()) -> list[str]:
        """One line a case, `case|status|events|first|last`, sorted by code point."""
        return sorted(line_of(row) for row in self._select(which, cut))

    def numbers(self, register: str) -> Iterator[str]:
        """Yield the numbers of a register's cases."""
        return (row["number"] for row in self._select(Which(register=register), Cut()))

    def known(self, column: str, cut: Cut = Cut()) -> list[str]:
        """Return what there is in a column of the case list by which cases are counted."""
        return [*self.counts(Which(), cut).by[column]]

    def timeline(self, case_id: UUID) -> list[Row]:
        """Return the rows of a case's timeline, in order; none for an unknown case."""
        with closing(view_in(self._folder, Timeline.name)) as db:
            sql = "SELECT * FROM timeline WHERE id = ? ORDER BY version"
            rows = [*map(shown, db.query(sql, [case_id.hex]))]
        return [{**row, "details": msgspec.json.decode(row["details"])} for row in rows]

    def conflicts(
        self,
        register: str | None,
        *,
        after: tuple[str, str, int] | None = None,
        limit: int = -1,
    ) -> list[Row]:
        """Return the facts that a later delivery contradicted, for a supervisor.

        `after` is the register, number and fact of the last one that was seen.
        """
        with closing(self._open()) as db:
            return list(
                db.query(
                    "SELECT register, number, fact, activity, occurred_at"
                    " FROM conflicts JOIN cases USING (id)"
                    " WHERE (:register IS NULL OR register = :register)"
                    " AND (:of IS NULL OR (register, number, fact) > (:of, :number, :fact))"
                    " ORDER BY register, number, fact LIMIT :limit",
                    {
                        "register": register,
                        "limit": limit,
                        **dict(zip(("of", "number", "fact"), after or _START, strict=True)),
                    },
                )
            )

    def duties(self, now: datetime) -> tuple[int, int]:
        """Return how many duties run whose last day is to come at `now`, and is over."""
        with closing(self._open()) as db:
            return counted_duties(db, now)

    def due(self, now: datetime, calendars: Mapping[str, Calendar]) -> list[Due]:
        """Return what the clock may settle at `now`, or a calendar's new notice may move."""
        with closing(self._open()) as db:
            return due_duties(db, now, calendars)

    def state(self, case_id: UUID) -> State:
        """Return a case as it stands, or raise `CaseNotFound`."""
        with suppress(CaseNotFound):
            if (case := self._ledger.find(case_id)) is not None:
                return case
        # An imported one, if it is any.
        return self.replay(case_id)[0]

    def replay(
        self, case_id: UUID, cut: Cut = Cut(), *, named: str | None = None
    ) -> tuple[State, list[Entry]]:
        """Return a case as it stood and the entries that made it so, opened.

        Raises `CaseNotFound`, of a case `named` so, when nothing of it counted then.
        """
        entries = [e for e in self._ledger.entries(case_id) if cut.admits(e)]
        if entries and type(entries[0].event) not in CASE_KINDS:
            raise CaseNotFound(f"{case_id} is a record of another kind, not a case")
        state: State | None = None
        for entry in entries:
            state = evolve_state(state, entry)
        if state is None or not (cut.is_now or _has_happened(state, entries)):
            said = str(case_id) if named is None else named[:_ECHOED]
            raise CaseNotFound(f"there is no case {said}, or not yet at that point")
        return state, entries

    def replay_named(self, name: str, cut: Cut = Cut()) -> tuple[State, list[Entry]]:
        """Do what `replay` does, for a case named as `resolve` has it."""
        return self.replay(self.resolve(name), cut, named=name)

    def status(self, state: State) -> str:
        """Return the status of a case of ours or of an imported one."""
        if isinstance(state, Case):
            return state.status
        return self.history_statuses()(state)

    def history_statuses(self) -> Callable[[History], str]:
        """Return what tells the status of imported cases, and reads each mapping once."""
        return partial(history_status, folds=Folds(self._ledger.entries))

    def resolve(self, name: str) -> UUID:
        """Return the id of a case named by id, by receipt, or as `REGISTER/NUMBER`."""
        if "/" in name:
            register, _, number = name.partition("/")
            return history_id(register, number)
        try:
            return UUID(name)
        except ValueError:
            return self._by_receipt(name)

    def _by_receipt(self, receipt: str) -> UUID:
        with closing(self._open()) as db:
            row = db.execute(
                "SELECT id FROM cases WHERE register IS NULL AND number = ?", (receipt,)
            ).fetchone()
        if row is None:
            raise CaseNotFound(
                f"there is no case {receipt[:_ECHOED]!r}; an imported one is named"
                " REGISTER/NUMBER"
            )
        return UUID(hex=row[0])

    def _select(self, which: Which, cut: Cut) -> Iterator[Row]:
        with self._rows(cut) as db:
            yield from db.query(*page(which))

    def _rows(self, cut: Cut) -> AbstractContextManager[Database]:
        if cut.is_now:
            return closing(self._open())
        return self._as_it_stood.database(self._case_list, cut)

    def _open(self) -> Database:
        return view_in(self._folder, CaseList.name)


def _has_happened(state: State, entries: Sequence[Entry]) -> bool:
    """Whether anything of a case counts but our own notes about its import."""
    facts = (FactRecorded, FactSuperseded)
    return isinstance(state, Case) or any(isinstance(e.event, facts) for e in entries)
