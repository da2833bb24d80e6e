"""What goes on beside the requests, from the start to the end of the service.

Threads and tasks are told to stop and waited for before the log is closed, or one
of them would write into a closed one.
"""

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

from aiohttp import ClientSession, web

from ledger import http as ledger_http
from rest import LOAD
from service import revoking
from service.clockwork import Clockwork
from service.corresponding import CORRESPONDING
from service.cosigning import Cosigning
from service.expiring import Expiring
from service.feeds.feed import TAIL
from service.following import bringing_on
from service.key_orders import KeyOrders
from service.key_watch import KEY_WATCH
from service.loops import running, until_the_end
from service.notifying import TELLING
from service.partner_keys import PARTNER_KEYS, following_partners
from service.person_clock import PersonClock
from service.readiness import RUNNING
from service.settings import Settings
from service.staff_keys import STAFF_KEYS
from service.unread import tell_kinds_only
from service.watching import WATCHING
from service.webhooks.wiring import sending


@contextlib.asynccontextmanager
async def in_background(
    app: web.Application, settings: Settings, client: ClientSession
) -> AsyncIterator[None]:
    """Run it all until the block ends; the log and the views are closed then."""
    tell_kinds_only()
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(_following(app, settings))
        await stack.enter_async_context(following_partners(app[PARTNER_KEYS]))
        tasks = (
            _cosigning(app, settings, client).run,
            app[WATCHING].run,
            app[CORRESPONDING].deliveries.run,
            app[LOAD].lateness.run,
        )
        for task in tasks:
            app[RUNNING].append(await stack.enter_async_context(until_the_end(task)))
        app[RUNNING].append(await stack.enter_async_context(sending(app)))
        yield


@contextlib.asynccontextmanager
async def _following(app: web.Application, settings: Settings) -> AsyncIterator[None]:
    ledger, follower = app[ledger_http.LEDGER], app[ledger_http.FOLLOWER]
    clockwork = Clockwork(
        ledger, follower, app[ledger_http.QUERIES], seconds=settings.tick_seconds
    )
    expiring = Expiring(
        ledger,
        app[ledger_http.VERIFICATIONS],
        app[ledger_http.FOLDER],
        seconds=settings.tick_seconds,
    )
    persons = PersonClock(
        ledger,
        follower,
        app[ledger_http.REQUESTS],
        app[ledger_http.FOLDER],
        grace=timedelta(days=settings.retention_grace_days),
        seconds=settings.tick_seconds,
    )
    loops = (
        app[KEY_WATCH].run,
        KeyOrders(settings.home, app[STAFF_KEYS]).run,
        clockwork.run,
        expiring.run,
        persons.run,
        app[ledger_http.ERASER].run,
        app[revoking.ENDED].run,
        app[CORRESPONDING].correspondence.run,
        *(each.run for each in (app[TELLING],) if each is not None),
    )
    try:
        async with contextlib.AsyncExitStack() as stack:
            app[RUNNING].append(await stack.enter_async_context(bringing_on(follower)))
            for loop in loops:
                turning = running(loop, ledger.wake)
                app[RUNNING].append(await stack.enter_async_context(turning))
            following = running(app[TAIL].run, app[TAIL].wake)
            app[RUNNING].append(await stack.enter_async_context(following))
            yield
    finally:
        ledger.close()


def _cosigning(app: web.Application, settings: Settings, client: ClientSession) -> Cosigning:
    logs = app[CORRESPONDING].logs
    return Cosigning(
        app[ledger_http.LEDGER],
        lambda: [*settings.witnesses, *logs.neighbours()],
        client,
        seconds=settings.cosigning_seconds,
    )
