"""Putting webhooks into a service."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from aiohttp import web

from ledger.application import Ledger
from ledger.home import Home
from ledger.http import LEDGER
from ledger.subscription import Subscription
from ledger.subscriptions import Subscriptions
from service.edge import Edge
from service.feeds.feed import TAIL
from service.loops import until_the_end
from service.revoking import ENDED
from service.settings import Settings
from service.staff_keys import STAFF_KEYS
from service.webhooks.addresses import Addresses, calling
from service.webhooks.courier import Courier
from service.webhooks.dispatch import WEBHOOKS, Webhooks
from service.webhooks.office import Office, Pace
from service.webhooks.signing import Signing
from service.webhooks.waiting import Waiting


def open_webhooks(
    app: web.Application, ledger: Ledger, *, settings: Settings, home: Home, edge: Edge
) -> None:
    """Put into `app` what sends entries to subscribers; it does not run yet."""
    networks = settings.webhook_networks
    office = Office(
        ledger=ledger,
        tail=app[TAIL],
        subscriptions=Subscriptions(ledger),
        waiting=Waiting(home.folder / "webhooks.sqlite"),
        courier=Courier(
            public=calling(Addresses(networks)),
            private=calling(Addresses(networks, public=False)),
        ),
        signing=Signing(home.secret("fingerprints")),
        clock=edge.clock,
        random=edge.random,
        why_over=lambda subscription: _why_over(app, subscription),
        networks=networks,
        pace=Pace(),
    )
    app[WEBHOOKS] = Webhooks(office=office, sends=not settings.webhook_elsewhere)


@asynccontextmanager
async def sending(app: web.Application) -> AsyncIterator[Callable[[], bool]]:
    """Send until the block ends, and let go of connections and file; says whether it does."""
    webhooks = app[WEBHOOKS]
    office = webhooks.office
    async with AsyncExitStack() as stack:
        stack.callback(office.waiting.close)
        await stack.enter_async_context(office.courier.public)
        await stack.enter_async_context(office.courier.private)
        yield await stack.enter_async_context(until_the_end(webhooks.run))


def _why_over(app: web.Application, subscription: Subscription) -> str | None:
    """Return the word for why a subscriber is told no more, if that is so.

    All their sessions were ended since they confirmed, or the key they did it with was.
    """
    actor, key, now = subscription.actor, subscription.key, app[LEDGER].now()
    if app[ENDED].includes("", (actor.id, actor.principal), subscription.since):
        return "sessions_ended"
    if key is not None and not app[STAFF_KEYS].counts(key, now):
        return "key_ended"
    return None
