"""Telling people, where the settings say how: by mail, through a gateway, or into a file.

Of several servers of one log, one is set to do it: each has a book of its own, and
two would tell everything twice.
"""

from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from adapters.notices import NotifierRefused, notifier_at
from ledger.application import Ledger
from ledger.contacts import Contacts
from ledger.errors import HomeUnusable
from ledger.home import Home
from ledger.http import CONTACTS
from ledger.notices import NoticeBook, Telling
from service.settings import Settings

TELLING: web.AppKey[Telling | None] = web.AppKey("telling")
BOOK = "notices.sqlite"


def open_telling(
    app: web.Application,
    ledger: Ledger,
    home: Home,
    settings: Settings,
    clock: Callable[[], datetime],
) -> None:
    """Put what tells people where the service runs it, or raise `HomeUnusable`."""
    app[CONTACTS] = Contacts(ledger)
    app[TELLING] = None
    if settings.notices_url is None:
        return
    try:
        notifier = notifier_at(
            settings.notices_url,
            sender=settings.notices_sender,
            secret=settings.notices_secret,
            clock=clock,
        )
    except NotifierRefused as error:
        raise HomeUnusable(f"TONGBAN_NOTICES_URL: {error}") from error
    app[TELLING] = Telling(
        ledger,
        home.views,
        NoticeBook(home.folder / BOOK),
        notifier,
        public_url=settings.public_url,
        seconds=settings.tick_seconds,
    )
