"""Putting a ledger together from what its home holds."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path

from ledger.agreements import Agreements
from ledger.application import Book, Ledger
from ledger.calendar import load_calendars
from ledger.catalogue import load_catalogue, load_purposes
from ledger.codec import Codec
from ledger.errors import HomeUnusable, LogDamaged
from ledger.home import LOST, Home
from ledger.log_events import LogBegan, log_id
from ledger.log_keys import known_keys, own_key, retired_at
from ledger.once import OnceSeal
from ledger.opening_keys import open_subject_keys
from ledger.projections.alert_list import AlertList
from ledger.projections.case_list import CaseList
from ledger.projections.handover_list import HandoverList
from ledger.projections.holdings import Holdings
from ledger.projections.kept_list import KeptList
from ledger.projections.pending import Pending
from ledger.projections.refusal_list import RefusalList
from ledger.projections.request_list import RequestList
from ledger.projections.search import Search
from ledger.projections.timeline import Timeline
from ledger.projections.transfer_list import TransferList
from ledger.projections.view import View
from ledger.published import PublishedLog
from ledger.recorder import LedgerRecorder, open_recorder
from ledger.request_terms import load_request_terms
from ledger.stores.subject_keys import REMEMBERED
from ledger.transparency.note_key import is_name

ORIGIN = "tongban.example/log"


def open_ledger(
    home: Home,
    *,
    clock: Callable[[], datetime],
    random: Callable[[int], bytes],
    items: Path | None = None,
    calendars: Path | None = None,
    origin: str | None = None,
    new_origin: str = ORIGIN,
    keys: str | None = None,
    keys_remembered: int = REMEMBERED,
    agreements: Agreements | None = None,
    account: Callable[[str, str], str] = lambda _region, _subject: "",
) -> Ledger:
    """Open the ledger of `home`; a new one begins with its first entry.

    It is called `origin`, or `new_origin` where that is not said; one that was begun is
    called what it called itself then, and may not be asked for under another `origin`.

    `items` and `calendars` are folders of the operator's own data files, `keys`
    the URI of a database of subject keys that several servers share. A process that
    carries out no erasures itself has no `keys_remembered`, or a key could outlast one.
    `agreements` are those with partner regions, now and later, and `account` names a
    person of ours to one of them.

    Raises `HomeUnusable`, `CatalogueError` or `CalendarError`.
    """
    check_origin(origin)
    known = load_calendars(calendars)
    book = Book(
        catalogue=load_catalogue(items, calendars=known),
        calendars=known,
        purposes=load_purposes(items),
        request_terms=load_request_terms(items),
        agreements={} if agreements is None else agreements,
        account=account,
    )
    fingerprints = home.secret("fingerprints")
    subject_keys = open_subject_keys(home, random, keys, remembered=keys_remembered)
    codec = Codec(subject_keys, random)
    recorder = open_recorder(home.database, OnceSeal(fingerprints))
    try:
        if home.checkpoint.exists() and not recorder.max_notification_id():
            raise HomeUnusable(LOST)
        origin = _origin(recorder, codec, origin, new_origin)
    except HomeUnusable:
        recorder.database.close()
        subject_keys.close()
        raise
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


def check_origin(origin: str | None) -> None:
    """Raise `HomeUnusable` where no log may call itself `origin` (C2SP signed-note)."""
    if origin is not None and not (is_name(origin) and origin.isprintable()):
        raise HomeUnusable(
            f"a log cannot be called {origin[:40]!r}: a host and a path, please, without"
            " spaces and without +, such as tongban.example/log (TONGBAN_ORIGIN)"
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
        retired_at=partial(retired_at, recorder, codec, origin, own.public_key),
    )


def _origin(recorder: LedgerRecorder, codec: Codec, asked: str | None, new_origin: str) -> str:
    """What a log that was begun calls itself, or what one is to be called."""
    own = _own_origin(recorder, codec)
    if own is None:
        return new_origin if asked is None else asked
    if asked is not None and asked != own:
        raise HomeUnusable(
            f"this log calls itself {own}, and TONGBAN_ORIGIN says {asked}: leave it unset"
        )
    return own


def _own_origin(recorder: LedgerRecorder, codec: Codec) -> str | None:
    """What the first entry says, unless it is damaged, which is for an audit to say."""
    with suppress(LogDamaged):
        for position, state in recorder.select_states(0, limit=1):
            entry = codec.read_state(state, position, opened=False)
            event = entry.event
            if isinstance(event, LogBegan) and entry.stream == log_id(event.origin):
                return event.origin
    return None


def all_views(ledger: Ledger) -> tuple[View, ...]:
    """Every projection there is."""
    book = ledger.book
    return (
        CaseList(book.calendars),
        Timeline(),
        Holdings(),
        TransferList(),
        RefusalList(),
        HandoverList(),
        Pending(),
        RequestList(),
        KeptList(),
        AlertList(),
        Search(book.catalogue, book.calendars, ledger.opened),
    )
