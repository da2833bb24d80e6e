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
from ledger.ports import Notifier
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
    notifier = notifier_of(settings, clock)
    if notifier is None:
        return
    app[TELLING] = Telling(
        ledger,
        home.views,
        NoticeBook(home.folder / BOOK),
        notifier,
        case_url=settings.notices_case_url or f"{settings.public_url}/v1/cases/{{case}}",
        seconds=settings.tick_seconds,
    )


def notifier_of(settings: Settings, clock: Callable[[], datetime]) -> Notifier | None:
    """Return what tells people, if anything does; raises `HomeUnusable`."""
    if settings.notices_url is None:
        return None
    try:
        return notifier_at(
            settings.notices_url,
            sender=settings.notices_sender,
            secret=settings.notices_secret,
            clock=clock,
        )
    except NotifierRefused as error:
        name = f"TONGBAN_NOTICES_{error.setting.upper()}"
        raise HomeUnusable(f"{name}: {error}") from error
