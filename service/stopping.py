"""Ending a service so that nothing is lost, and nobody is sent to it meanwhile.

First it says that it is not ready, while it goes on answering; then it takes no new
connections, ends what was begun, writes what is queued and lets go of the log. Whoever
was answered has their entry. A second signal ends the process at once, which loses no
more than answers: what they told of was durable before.
"""

import asyncio
import logging
import signal
from importlib.metadata import version
from typing import Any, Final

from aiohttp import web

_log = logging.getLogger("tongban.service")

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
STOPPING = web.AppKey("stopping", asyncio.Event)
"""Set as soon as the service was told to end."""

SCRAPED = web.AppKey("scraped", list[tuple[Any, ...]])
"""Where metrics are told, if anywhere."""


async def run_until_told(
    app: web.Application,
    *,
    host: str,
    port: int,
    drain_seconds: float,
    shutdown_seconds: float,
) -> None:
    """Serve `app` until SIGTERM or SIGINT, and end it; raises `OSError` for its port.

    SIGINT is a person's at a terminal, for whom nothing is drained.
    """
    told, by = asyncio.Event(), set[int]()
    loop = asyncio.get_running_loop()
    runner = web.AppRunner(
        app,
        access_log=None,
        shutdown_timeout=shutdown_seconds,
        # What is small on the way could be thousands of times as much here.
        auto_decompress=False,
    )

    def tell(number: int) -> None:
        by.add(number)
        told.set()
        app[STOPPING].set()
        for each in SIGNALS:
            # From now on it does what the system has it do: end the process.
            loop.remove_signal_handler(each)
            signal.signal(each, signal.SIG_DFL)

    try:
        await runner.setup()
        await web.TCPSite(runner, host, port).start()
        for each in SIGNALS:
            loop.add_signal_handler(each, tell, each)
        _say("listening at http://{}:{}", runner.addresses)
        _say("metrics at http://{}:{}/metrics", app[SCRAPED])
        _log.info("answering", extra={"fields": {"version": version("tongban")}})
        await told.wait()
        _log.info("told to end")
        if signal.SIGTERM in by:
            await asyncio.sleep(drain_seconds)
    finally:
        app[STOPPING].set()
        await runner.cleanup()
    _log.info("ended")


def _say(where: str, addresses: list[tuple[Any, ...]]) -> None:
    for address in addresses:
        print(where.format(*address[:2]), flush=True)
