"""Where Prometheus asks: a port of its own, so that no proxy shows it to the world.

It says how many cases wait and for whom, which is nobody's business outside; and a
session would end before the scraper does. Nothing is listened on unless it is set.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from aiohttp import web
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from ledger.errors import HomeUnusable
from service.gauges import Gauges
from service.instruments import INSTRUMENTS
from service.stopping import SCRAPED


def exposition(app: web.Application) -> bytes:
    """Return all that is measured of a running service, as Prometheus reads it."""
    return generate_latest(app[INSTRUMENTS].metrics.registry)


def scraping(
    address: tuple[str, int] | None, clock: Callable[[], datetime]
) -> Callable[[web.Application], AsyncIterator[None]]:
    """Return what opens the port while the service runs; raises `HomeUnusable`."""

    async def context(app: web.Application) -> AsyncIterator[None]:
        app[INSTRUMENTS].metrics.registry.register(Gauges(app, clock))
        if address is None:
            yield
            return
        runner = web.AppRunner(_application(app), access_log=None, shutdown_timeout=1)
        await runner.setup()
        try:
            try:
                await web.TCPSite(runner, *address).start()
            except OSError as error:
                said = f"TONGBAN_METRICS: cannot listen at {address[0]}:{address[1]}"
                raise HomeUnusable(f"{said}: {error.strerror}") from error
            app[SCRAPED] += runner.addresses
            yield
        finally:
            await runner.cleanup()

    return context


def _application(app: web.Application) -> web.Application:
    async def answer(_: web.Request) -> web.Response:
        # Databases are asked, so not on the loop.
        body = await asyncio.to_thread(exposition, app)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    scraped = web.Application()
    scraped.router.add_get("/metrics", answer)
    return scraped
