"""The servers that are raced over HTTP, each in a process of its own."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import uvloop
from aiohttp import web

from benchmarks import bare
from rest import Rate
from server import create_app
from service.partners import read_partners
from service.settings import Settings
from service.settling import settle

REGION = "CN-GX"
UNLIMITED = Rate(per_second=0, burst=0)

Made = Callable[[str], web.Application]


def answering(home: str) -> web.Application:
    """Return the service on a home whose partners are enrolled, and may ask without end."""
    folder = Path(home)
    return create_app(
        Settings(
            home=folder,
            region=REGION,
            sample_register=True,
            partners=read_partners(folder / "partners"),
            origin=f"{REGION}.example/log",
            address_rate=UNLIMITED,
            partner_rate=UNLIMITED,
            views_apart=True,
        )
    )


def serving(home: str) -> web.Application:
    """Return the service on a home, for callers who may ask without end."""
    return create_app(
        Settings(
            home=Path(home),
            address_rate=UNLIMITED,
            caller_rate=UNLIMITED,
            views_apart=True,
        )
    )


def verifying_only(public_key: str) -> web.Application:
    """Return the bare service, which knows one key in hexadecimal."""
    return bare.create_app(bytes.fromhex(public_key))


def echoing(_: str) -> web.Application:
    """Return the bare service that sends back what is of the form it wants."""
    return bare.create_echo()


@contextmanager
def running(make: Made, argument: str) -> Iterator[str]:
    """Run what `make` makes of `argument` while the block lasts; gives its address."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_run, args=(make, argument, there), daemon=True)
    process.start()
    there.close()
    try:
        yield here.recv()
    finally:
        here.close()
        process.join(30)


def _run(make: Made, argument: str, starter: Connection) -> None:
    uvloop.run(_serve(make(argument), starter))


async def _serve(app: web.Application, starter: Connection) -> None:
    app.on_startup.append(settle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0]
    starter.send(f"http://{host}:{port}")
    # Whoever started this lets go of the pipe when it is to stop.
    with suppress(EOFError):
        await asyncio.to_thread(starter.recv)
    await runner.cleanup()
