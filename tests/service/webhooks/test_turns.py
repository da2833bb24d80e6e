"""Names and receivers that never answer hold up whoever named them, and nobody else."""

import asyncio
import socket
import threading
from contextlib import asynccontextmanager

from service.webhooks.addresses import Addresses, Resolver, calling
from service.webhooks.courier import Courier
from tests.service.webhooks.receiving import LOOPBACK


class Names:
    """Every name is this machine's; `stall…` is not answered before the end of the test."""

    def __init__(self, seconds=0.0):
        self.seconds = seconds
        self.asked = []
        self.over = threading.Event()

    def __call__(self, host, port, *_):
        self.asked.append(host)
        if host.startswith("stall"):
            self.over.wait(10)
            raise socket.gaierror(socket.EAI_AGAIN, "nobody answers")
        self.over.wait(self.seconds)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


@asynccontextmanager
async def called(names, seconds, *, answers=True):
    """A courier that resolves by `names`, and the port of a receiver on this machine."""

    meeting: set[asyncio.Task[None] | None] = set()

    async def met(reader, writer):
        meeting.add(asyncio.current_task())
        try:
            await reader.readuntil(b"\r\n\r\n")
            if answers:
                writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
                await writer.drain()
            else:
                await asyncio.to_thread(names.over.wait, 10)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    addresses = Addresses(LOOPBACK, public=False)
    server = await asyncio.start_server(met, "127.0.0.1", 0)
    async with (
        server,
        calling(Addresses()) as public,
        calling(addresses, Resolver(addresses, ask=names)) as private,
    ):
        courier = Courier(public=public, private=private, seconds=seconds)
        try:
            yield courier, server.sockets[0].getsockname()[1]
        finally:
            names.over.set()
            # Or one of them would be left with its connection when the loop is gone.
            await asyncio.gather(*filter(None, meeting))


async def test_names_that_nobody_answers_for_hold_up_one_subscriber_alone():
    names = Names()
    async with called(names, seconds=5) as (courier, port), asyncio.timeout(3):
        stalled = [
            asyncio.create_task(courier.post(f"http://stall{n}.example/", b"", {}, whom="one"))
            for n in range(40)
        ]
        await asyncio.sleep(0.1)

        attempt = await courier.post(f"http://good.example:{port}/", b"", {}, whom="other")

        assert attempt.reason is None
        assert len(names.asked) == 3, names.asked
        for task in stalled:
            task.cancel()


async def test_the_time_that_a_name_takes_is_not_the_receivers():
    async with called(Names(seconds=0.3), seconds=0.2) as (courier, port):
        attempt = await courier.post(f"http://good.example:{port}/", b"", {}, whom="one")

        assert attempt.reason is None


async def test_a_name_is_asked_for_once_by_all_who_want_it_of_one_subscriber():
    names = Names(seconds=0.1)
    async with called(names, seconds=5) as (courier, port):
        url = f"http://good.example:{port}/"
        attempts = await asyncio.gather(*(courier.post(url, b"", {}) for _ in range(8)))

        assert {attempt.reason for attempt in attempts} == {None}
        assert names.asked == ["good.example"]


async def test_receivers_that_never_answer_hold_up_one_subscriber_alone():
    names = Names()
    async with (
        called(names, seconds=5, answers=False) as (courier, silent),
        called(Names(), seconds=5) as (_, port),
        asyncio.timeout(3),
    ):
        url = f"http://127.0.0.1:{silent}/"
        post = courier.post
        stuck = [asyncio.create_task(post(url, b"", {}, whom="one")) for _ in range(200)]
        await asyncio.sleep(0.1)

        attempt = await post(f"http://127.0.0.1:{port}/", b"", {}, whom="other")

        assert attempt.reason is None
        for task in stuck:
            task.cancel()
        names.over.set()
