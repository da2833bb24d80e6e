"""Bare aiohttp services that do the least of what ours must, and nothing besides.

They have no sessions, policy, limits, tree or views, fold nothing and seal nothing of
their own. What lies between them and us is what all of that costs.
"""

import asyncio
import os
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import closing, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final
from uuid import UUID

import cbor2
import msgspec
from aiohttp import web
from nacl import bindings

from benchmarks import raw
from benchmarks.bare import ANSWER, ANSWER_TYPE, Told, check_signature

_BATCH: Final = 256
_ENTRY: Final = bytes(600)
"""About what an entry of ours takes, sealed."""
_IDENTIFIERS: Final = bytes(120)
_FIND: Final = """
    SELECT state FROM stored_events WHERE originator_id = ? ORDER BY originator_version
"""
_LOG = web.AppKey("log", sqlite3.Connection)


class Keeper:
    """Makes rows durable in a thread, as many at once as wait."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: SimpleQueue[asyncio.Future[None] | None] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    async def keep(self) -> None:
        """Return when an entry is durable."""
        kept = self._loop.create_future()
        self._waiting.put(kept)
        await kept

    def close(self) -> None:
        """Keep what waits, and end."""
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        number = 0
        with raw.opened(self._folder) as database:
            while (first := self._waiting.get()) is not None:
                batch = [first, *self._more()]
                database.execute("BEGIN IMMEDIATE")
                rows = [(str(number + each), 1, "", _ENTRY) for each in range(len(batch))]
                database.executemany(raw.INSERT, rows)
                database.execute("COMMIT")
                number += len(batch)
                self._loop.call_soon_threadsafe(_tell, batch)

    def _more(self) -> list[asyncio.Future[None]]:
        more: list[asyncio.Future[None]] = []
        with suppress(Empty):
            while len(more) < _BATCH:
                each = self._waiting.get_nowait()
                if each is None:
                    # It is the next that is found, and ends the thread.
                    self._waiting.put(None)
                    break
                more.append(each)
        return more


_KEEPER = web.AppKey("keeper", Keeper)


def appending(folder: str) -> web.Application:
    """Return a service that echoes what is of the form it wants, once a row is durable."""
    read, write = msgspec.json.Decoder(Told).decode, msgspec.json.Encoder().encode

    async def take(request: web.Request) -> web.Response:
        told = read(await request.read())
        await request.app[_KEEPER].keep()
        return web.Response(body=write(told), content_type="application/json")

    app = _keeping(folder)
    app.router.add_post("/echo", take)
    return app


def answering(argument: str) -> web.Application:
    """Return a service that checks a signature, opens a box, signs, and keeps a row.

    The argument is a public key in hexadecimal and a folder, with a space in between.
    """
    key, _, folder = argument.partition(" ")
    asking, (_, signing) = bytes.fromhex(key), bindings.crypto_sign_seed_keypair(os.urandom(32))
    public, secret = bindings.crypto_box_keypair()
    box = bindings.crypto_box_seal(_IDENTIFIERS, public)

    async def answer(request: web.Request) -> web.Response:
        check_signature(await request.read(), asking)
        bindings.crypto_box_seal_open(box, public, secret)
        signed = bindings.crypto_sign(ANSWER, signing)
        await request.app[_KEEPER].keep()
        return web.Response(body=signed, content_type=ANSWER_TYPE)

    app = _keeping(folder)
    app.router.add_post("/verifications", answer)
    return app


def finding(path: str) -> web.Application:
    """Return a service that reads and tells the entries of one stream of the log at `path`."""
    encode = msgspec.json.Encoder().encode

    async def show(request: web.Request) -> web.Response:
        stream = UUID(request.match_info["case"])
        found = request.app[_LOG].execute(_FIND, [stream.hex]).fetchall()
        told = [cbor2.loads(state)[:6] for (state,) in found]
        return web.Response(body=encode(told), content_type="application/json")

    async def log(app: web.Application) -> AsyncIterator[None]:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as app[_LOG]:
            yield

    app = web.Application()
    app.cleanup_ctx.append(log)
    app.router.add_get("/v1/cases/{case}", show)
    return app


def _keeping(folder: str) -> web.Application:
    async def keeper(app: web.Application) -> AsyncIterator[None]:
        app[_KEEPER] = Keeper(Path(folder))
        yield
        await asyncio.to_thread(app[_KEEPER].close)

    app = web.Application()
    app.cleanup_ctx.append(keeper)
    return app


def _tell(batch: list[asyncio.Future[None]]) -> None:
    for kept in batch:
        if not kept.done():
            kept.set_result(None)
