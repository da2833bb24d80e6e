"""Putting the feeds into a service, and taking them out before it ends."""

from aiohttp import web

from ledger.application import Ledger
from service.feeds.alerts import CONDITIONS
from service.feeds.conditions import Conditions
from service.feeds.event_stream import STREAMS, Streams
from service.feeds.feed import TAIL
from service.feeds.tail import Tail


def open_feeds(app: web.Application, ledger: Ledger) -> None:
    """Put into `app` what follows the log for whoever wants to be told of it."""
    app[TAIL] = Tail(ledger)
    app[STREAMS] = Streams()
    app[CONDITIONS] = Conditions(app)


async def end_streams(app: web.Application) -> None:
    """Let every stream end now, so that whoever reads it turns to another server."""
    app[TAIL].close()
