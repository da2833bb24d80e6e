"""Whether what is personal in a case is opened on this terminal."""

from collections.abc import Callable, Sequence

from ledger.application import Ledger
from ledger.entry import Entry
from ledger.opening import all_views
from ledger.personal import Hidden
from ledger.projections.search import Search
from ledger.projections.view import View
from ledger.subject_events import Standing


def hidden_at(ledger: Ledger, entries: Sequence[Entry], *, personal: bool) -> Hidden | None:
    """Say as what the personal fields of `entries` are shown; opened only if asked for.

    One person whose data are restricted, or who was erased, hides them all.
    """
    if not personal:
        return Hidden.SEALED
    subjects = {entry.subject for entry in entries if entry.subject is not None}
    found = {ledger.standing(subject) for subject in subjects}
    if Standing.ERASED in found:
        return Hidden.ERASED
    return Hidden.RESTRICTED if Standing.RESTRICTED in found else None


def views_here(ledger: Ledger) -> list[View]:
    """Return every view, folded without what is personal of who is restricted or erased."""
    book = ledger.book
    search = Search(book.catalogue, book.calendars, _opener(ledger))
    return [search if view.name == search.name else view for view in all_views(ledger)]


def _opener(ledger: Ledger) -> Callable[[Sequence[Entry]], list[Entry]]:
    hidden: dict[str | None, bool] = {}

    def is_free(entry: Entry) -> bool:
        if entry.subject not in hidden:
            hidden[entry.subject] = hidden_at(ledger, [entry], personal=True) is not None
        return not hidden[entry.subject]

    def opened(entries: Sequence[Entry]) -> list[Entry]:
        return ledger.opened([*filter(is_free, entries)])

    return opened
