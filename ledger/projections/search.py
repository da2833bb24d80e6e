"""The search index: one row a case, with its text as it is searched.

What is personal stands in a column of its own, opened, so that it is looked at
only for whoever may see it. An imported case has none: nobody reads its
attributes opened, so nobody finds a case by them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlite_utils import Database

from ledger.calendar import Calendar, ends_at
from ledger.case import Case, Status
from ledger.catalogue import Catalogue, Names
from ledger.entry import Entry
from ledger.history import History
from ledger.projections import search_index
from ledger.projections.case_list import history_status
from ledger.projections.folds import CASE_KINDS, Folds, State
from ledger.projections.search_index import erased, known, number, replace, stand
from ledger.projections.search_said import Said, has_words
from ledger.projections.search_text import indexed, indexed_often
from ledger.projections.search_words import STATUS_WORDS
from ledger.projections.times import to_text
from ledger.subject_events import Standing, SubjectEvent, standing


class Search:
    """Rows `search`, and the full-text index over them.

    `opened` returns the entries it is given with their personal fields opened.
    """

    name = "search"
    version = 5
    tables = ("search", "standings")
    personal = True

    def __init__(
        self,
        catalogue: Catalogue,
        calendars: Mapping[str, Calendar],
        opened: Callable[[Sequence[Entry]], Iterable[Entry]],
    ) -> None:
        self._catalogue = catalogue
        self._calendars = calendars
        self._opened = opened
        self._words = lru_cache(maxsize=4096)(self._about)

    def create(self, db: Database) -> None:
        """Create the table, and the index that triggers keep in step with it."""
        search_index.create(db)

    def apply(self, db: Database, entries: Sequence[Entry], folds: Folds) -> None:
        """Write the row of every case that `entries` touched."""
        listed = known(db, {e.stream for e in entries if type(e.event) in CASE_KINDS})
        before, states, said = [*listed.values()], dict[UUID, State](), dict[UUID, Said]()
        opened = {e.position: e for e in self._opened([*filter(has_words, entries)])}
        gone, standings = erased(db), dict[str, Standing]()
        for entry in entries:
            if isinstance(entry.event, SubjectEvent) and entry.subject is not None:
                standings[entry.subject] = standing([entry])
                if standings[entry.subject] is Standing.ERASED:
                    gone.add(entry.subject)
            state = folds.apply(entry)
            if state is None:
                continue
            states[entry.stream] = state
            if _is_listed(state):
                listed[entry.stream] = entry.position
                also = None if entry.subject in gone else opened.get(entry.position)
                said.setdefault(entry.stream, Said()).add(entry, also)
            else:
                listed.pop(entry.stream, None)
        replace(
            db,
            before,
            [
                self._row(position, states[stream], said[stream], folds)
                for stream, position in listed.items()
            ],
        )
        for subject, now in standings.items():
            stand(db, subject, now)

    def _row(self, position: int, state: State, said: Said, folds: Folds) -> dict[str, Any]:
        if isinstance(state, Case):
            return self._case_row(position, state, said)
        return self._history_row(position, state, history_status(state, folds))

    def _case_row(self, position: int, case: Case, said: Said) -> dict[str, Any]:
        return {
            "row": number(case.changed_at, position),
            "id": case.id.hex,
            "register": None,
            "number": case.receipt,
            "item": case.item,
            "authority": case.authority,
            "subject": case.subject,
            "status": str(case.status),
            "first": to_text(case.opened_at),
            "last": to_text(case.changed_at),
            "due": self._due(case),
            "version": case.version,
            "name": indexed([case.receipt, str(case.id)]),
            "about": self._words(case.item, case.item_version, case.status),
            "told": indexed(said.told),
            "personal": indexed(said.personal),
        }

    def _history_row(self, position: int, history: History, status: str) -> dict[str, Any]:
        times = [fact.occurred_at for fact in history.facts]
        facts = {(f.activity, f.answer or "", f.fact or "") for f in history.facts}
        return {
            "row": number(max(times), position),
            "id": history.id.hex,
            "register": history.register,
            "number": history.number,
            "item": None,
            "authority": None,
            "subject": None,
            "status": status,
            "first": to_text(min(times)),
            "last": to_text(max(times)),
            "due": None,
            "version": history.version,
            "name": indexed([history.number, str(history.id)]),
            "about": indexed_often([history.register, status]),
            "told": indexed_often(sorted({text for fact in facts for text in fact})),
            "personal": "",
        }

    def _about(self, item_id: str, item_version: int, status: Status) -> str:
        item = self._catalogue.item(item_id, item_version)
        authority = self._catalogue.authority(item.authority)
        return indexed_often(
            [
                *_names(item.names),
                *_names(authority.names),
                *STATUS_WORDS[status],
                item.id,
                authority.id,
                status,
            ]
        )

    def _due(self, case: Case) -> str | None:
        ends = (
            to_text(ends_at(deadline, self._calendars[deadline.calendar].zone))
            for deadline in case.duties.values()
            if not deadline.provisional
        )
        return min(ends, default=None)


def _is_listed(state: State) -> bool:
    if isinstance(state, Case):
        return state.status is not Status.DRAFT
    return bool(state.facts)


def _names(names: Names) -> tuple[str, str, str]:
    return names.hans, names.hant, names.en
