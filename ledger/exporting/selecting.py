"""Which cases an export tells of, and what of each: always as of one position.

The case list only says which ones to look at. What a case was like follows from its
entries up to that position, so the same question has the same answer later, when the
list has moved on. Personal fields stay sealed, whoever asks.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from ledger.application import Ledger
from ledger.case import Case, Status
from ledger.case_rows import Which
from ledger.cut import Cut
from ledger.entry import Entry
from ledger.history import History
from ledger.history_events import FactRecorded
from ledger.projections.case_list import CaseList
from ledger.projections.folds import State, evolve_state
from ledger.projections.view import view_in
from ledger.queries import Queries


@dataclass(frozen=True, slots=True)
class ToldCase:
    """One case as it stood, and the entries that had been made, sealed."""

    state: State
    status: str
    entries: tuple[Entry, ...]

    @property
    def number(self) -> str:
        """Its receipt, or its number in the register it was imported from."""
        return self.state.number if isinstance(self.state, History) else self.state.receipt

    @property
    def register(self) -> str | None:
        """The register it was imported from, if it was."""
        return self.state.register if isinstance(self.state, History) else None

    def counts(self, entry: Entry) -> bool:
        """Tell whether `entry` is part of what happened: of a history, facts not taken back."""
        if isinstance(self.state, Case):
            return True
        is_fact = isinstance(entry.event, FactRecorded)
        return is_fact and entry.version not in self.state.superseded

    @property
    def happened(self) -> tuple[Entry, ...]:
        """The entries that count, as many as the case list says."""
        return tuple(filter(self.counts, self.entries))


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The cases of `which` at `cut` that `allowed` says may be told, by id.

    `cut` has a position that the case list in `folder` has reached. `after` and
    `limit` of `which` are not looked at.
    """

    ledger: Ledger
    folder: Path
    which: Which
    cut: Cut
    allowed: Callable[[State], bool]
    page: int = 500
    """How many cases are looked for at once."""

    def __iter__(self) -> Iterator[ToldCase]:
        status_of = Queries(self.ledger, self.folder).history_statuses()
        for id in self._candidates():
            entries = self.ledger.entries(id, opened=False)
            told = _as_it_stood(filter(self.cut.admits, entries), status_of)
            if told is not None and self._is_meant(told) and self.allowed(told.state):
                yield told

    def _candidates(self) -> Iterator[UUID]:
        """Yield every case that may be meant, also one that only its lost facts remind of."""
        page = _PAGE_OF_IDS.format(narrowed=" AND ".join(self._narrowed()) or "TRUE")
        values: dict[str, object] = {
            "register": self.which.register,
            "subject": self.which.subject,
            "authority": self.which.authority,
            "after": "",
            "limit": self.page,
        }
        while True:
            # A view that is swapped meanwhile is read on in the new file.
            with closing(view_in(self.folder, CaseList.name)) as db:
                ids = [id for (id,) in db.execute(page, values)]
            yield from (UUID(hex=id) for id in ids)
            if len(ids) < self.page:
                return
            values["after"] = ids[-1]

    def _narrowed(self) -> Iterator[str]:
        """What never changes of a case once it is listed; its status is looked at later."""
        for name in ("register", "subject", "authority"):
            if getattr(self.which, name) is not None:
                yield f"{name} = :{name}"

    def _is_meant(self, told: ToldCase) -> bool:
        state = told.state
        ours = state if isinstance(state, Case) else None
        return (
            self.which.register in (None, told.register)
            and self.which.status in (None, told.status)
            and self.which.subject in (None, ours and ours.subject)
            and self.which.authority in (None, ours and ours.authority)
        )


_PAGE_OF_IDS = (
    "SELECT id FROM cases WHERE {narrowed} AND id > :after"
    " UNION SELECT id FROM conflicts WHERE id > :after ORDER BY id LIMIT :limit"
)


def _as_it_stood(
    entries: Iterator[Entry], status_of: Callable[[History], str]
) -> ToldCase | None:
    """Return the case that `entries` make, unless it would not be listed."""
    counted = tuple(entries)
    state: State | None = None
    for entry in counted:
        state = evolve_state(state, entry)
    if isinstance(state, History):
        return ToldCase(state, status_of(state), counted) if state.facts else None
    if state is None or state.status is Status.DRAFT:
        return None
    return ToldCase(state, str(state.status), counted)
