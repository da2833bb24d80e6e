"""What is folded from the log and read from there, and what takes persons out of it."""

from collections.abc import Sequence
from pathlib import Path

from aiohttp import web

from ledger import http as ledger_http
from ledger.application import Ledger
from ledger.erasure import Eraser
from ledger.home import Home
from ledger.opening import all_views
from ledger.projections.certifying import Certificates
from ledger.projections.follower import Follower
from ledger.projections.following import Following
from ledger.projections.standing import Standings
from ledger.projections.view import View
from ledger.queries import Queries
from ledger.reads import Reads
from ledger.searching import Searching
from ledger.standing_list import StandingList
from ledger.stores import MaterialStore
from ledger.subjects import Subjects
from ledger.transfers import Transfers
from service.following import FollowerApart, Opening
from service.settings import Settings


def open_views(
    app: web.Application,
    ledger: Ledger,
    home: Home,
    materials: MaterialStore,
    settings: Settings,
) -> None:
    """Put the views where their routes find them; the follower does not run yet.

    Raises `HomeUnusable` where the list of erasures tells of more than the log.
    """
    standings = StandingList(settings.erasures or home.erasures)
    standings.catch_up(ledger)
    views, certificates = all_views(ledger), Certificates(ledger, home.certificates, home.views)
    app[ledger_http.FOLDER] = home.views
    app[ledger_http.FOLLOWER] = _follower(ledger, home, views, settings)
    app[ledger_http.CERTIFICATES] = certificates
    app[ledger_http.STANDINGS] = Standings(ledger, home.views, views, certificates)
    app[ledger_http.QUERIES] = Queries(ledger, home.views)
    app[ledger_http.SEARCHING] = Searching(home.views)
    app[ledger_http.SUBJECTS] = Subjects(ledger)
    app[ledger_http.READS] = Reads(ledger)
    app[ledger_http.TRANSFERS] = Transfers(ledger, home.views)
    app[ledger_http.ERASER] = Eraser(ledger, materials, home.views, views, standings.catch_up)


def _follower(
    ledger: Ledger, home: Home, views: Sequence[View], settings: Settings
) -> Following:
    if settings.views_apart:
        return FollowerApart(ledger, home.views, views, _opening(settings))
    return Follower(ledger, home.views, views)


def _opening(settings: Settings) -> Opening:
    return Opening(
        home=str(settings.home),
        database=settings.database,
        keys=settings.keys,
        items=_text(settings.items),
        calendars=_text(settings.calendars),
        log_level=settings.log_level,
        log_format=settings.log_format,
    )


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
