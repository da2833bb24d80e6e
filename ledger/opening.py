"""Putting a ledger together from what its home holds."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from ledger.application import Book, Ledger
from ledger.calendar import load_calendars
from ledger.catalogue import load_catalogue
from ledger.codec import Codec
from ledger.home import Home
from ledger.log_keys import known_keys, own_key
from ledger.once import OnceSeal
from ledger.opening_keys import open_subject_keys
from ledger.projections.case_list import CaseList
from ledger.projections.holdings import Holdings
from ledger.projections.search import Search
from ledger.projections.timeline import Timeline
from ledger.projections.view import View
from ledger.published import PublishedLog
from ledger.recorder import LedgerRecorder, open_recorder

ORIGIN = "tongban.example/log"


def open_ledger(
    home: Home,
    *,
    clock: Callable[[], datetime],
    random: Callable[[int], bytes],
    items: Path | None = None,
    calendars: Path | None = None,
    origin: str = ORIGIN,
    keys: str | None = None,
) -> Ledger:
    """Open the ledger of `home`; a new one begins with its first entry.

    `items` and `calendars` are folders of the operator's own data files, `keys`
    the URI of a database of subject keys that several servers share.
    Raises `HomeUnusable`, `CatalogueError` or `CalendarError`.
    """
    known = load_calendars(calendars)
    book = Book(catalogue=load_catalogue(items, calendars=known), calendars=known)
    fingerprints = home.secret("fingerprints")
    subject_keys = open_subject_keys(home, random, keys)
    codec = Codec(subject_keys, random)
    recorder = open_recorder(home.database, OnceSeal(fingerprints))
    published = open_published(home, recorder, origin=origin, clock=clock, codec=codec)
    return Ledger(
        recorder=recorder,
        published=published,
        keys=subject_keys,
        codec=codec,
        book=book,
        clock=clock,
        secret=fingerprints,
        origin=origin,
    )


def open_published(
    home: Home,
    recorder: LedgerRecorder,
    *,
    origin: str,
    clock: Callable[[], datetime],
    codec: Codec,
) -> PublishedLog:
    """Return the public side of the log, whose heads are signed with the home's key.

    The keys are those the log tells of itself; one that tells none goes by the
    home's own.
    """
    known = known_keys(recorder, codec, origin)
    signer, own = own_key(home, known)
    return PublishedLog(
        recorder,
        origin=origin,
        signer=signer,
        keys=known if own in known else (*known, own),
        path=home.checkpoint,
        clock=clock,
    )


def all_views(ledger: Ledger) -> tuple[View, ...]:
    """Every projection there is."""
    book = ledger.book
    return (
        CaseList(book.calendars),
        Timeline(),
        Holdings(),
        Search(book.catalogue, book.calendars, ledger.opened),
    )
