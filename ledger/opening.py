"""Putting a ledger together from what its home holds."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from ledger.application import Book, Ledger
from ledger.calendar import load_calendars
from ledger.catalogue import load_catalogue
from ledger.codec import Codec
from ledger.home import Home
from ledger.projections.case_list import CaseList
from ledger.projections.timeline import Timeline
from ledger.projections.view import View
from ledger.recorder import open_recorder
from ledger.stores.subject_keys import SubjectKeyStore

ORIGIN = "tongban.example/log"


def open_ledger(
    home: Home,
    *,
    clock: Callable[[], datetime],
    random: Callable[[int], bytes],
    items: Path | None = None,
    calendars: Path | None = None,
    origin: str = ORIGIN,
) -> Ledger:
    """Open the ledger of `home`; a new one begins with its first entry.

    `items` and `calendars` are folders of the operator's own data files.
    Raises `HomeUnusable`, `CatalogueError` or `CalendarError`.
    """
    known = load_calendars(calendars)
    book = Book(catalogue=load_catalogue(items, calendars=known), calendars=known)
    fingerprints, master = home.secret("fingerprints"), home.secret("master")
    keys = SubjectKeyStore(home.subject_keys(), master, random)
    return Ledger(
        recorder=open_recorder(str(home.log)),
        keys=keys,
        codec=Codec(keys, random),
        book=book,
        clock=clock,
        secret=fingerprints,
        origin=origin,
    )


def all_views(ledger: Ledger) -> tuple[View, ...]:
    """Every projection there is."""
    return CaseList(ledger.book.calendars), Timeline()
