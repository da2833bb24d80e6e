"""Hostile receivers: whatever they answer, an attempt ends soon, and with a word of ours."""

import asyncio
import gzip
from contextlib import asynccontextmanager

import pytest

from service.webhooks.addresses import Addresses, calling
from service.webhooks.courier import Courier, answered
from tests.service.webhooks.receiving import LOOPBACK

OK = b"HTTP/1.1 200 OK\r\n"
LENGTH = b"Content-Length: %d\r\n\r\n"
BOMB = gzip.compress(b'{"answer":"' + b"0" * 5_000_000 + b'"}')
SECRET = "no such person as Testing Tea"


async def _silent(writer):
    await asyncio.sleep(5)


async def _trickles_a_header(writer):
    writer.write(OK)
    while True:
        writer.write(b"X-More: 1\r\n")
        await writer.drain()
        await asyncio.sleep(0.02)


async def _promises_for_ever(writer):
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.005)


async def _endless_header(writer):
    writer.write(OK + b"X-Long: ")
    for _ in range(50):
        writer.write(b"x" * 10_000)
        await writer.drain()


async def _trickles_a_body(writer):
    writer.write(OK + LENGTH % 1000)
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


def _says(*parts):
    async def say(writer):
        writer.write(b"".join(parts))
        await writer.drain()

    return say


RECEIVERS = {
    "says nothing": (_silent, "timed_out"),
    "closes at once": (_says(b""), "unreachable"),
    "trickles a header": (_trickles_a_header, "timed_out"),
    "promises for ever": (_promises_for_ever, "timed_out"),
    "has a header without an end": (_endless_header, "unreachable"),
    "speaks no HTTP": (_says(b"220 mail.example ESMTP\r\n"), "unreachable"),
    "contradicts its length": (
        _says(OK, b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
        "unreachable",
    ),
    "has a length below nothing": (_says(OK, b"Content-Length: -1\r\n\r\n"), "unreachable"),
    "splits its answer": (
        _says(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n", LENGTH % 0),
        "redirected",
    ),
    "redirects to the metadata": (
        _says(b"HTTP/1.1 307 T\r\nLocation: http://169.254.169.254/latest/\r\n", LENGTH % 0),
        "redirected",
    ),
    "names a person in its reason": (
        _says(f"HTTP/1.1 500 {SECRET}\r\n".encode(), LENGTH % 0),
        "status_500",
    ),
    "answers with a status of its own": (
        _says(b"HTTP/1.1 999 X\r\n", LENGTH % 0),
        "status_999",
    ),
    "wants a year of patience": (
        _says(b"HTTP/1.1 503 X\r\nRetry-After: 31536000\r\n", LENGTH % 0),
        "status_503",
    ),
    "trickles a body after its status": (_trickles_a_body, None),
    "promises much and sends little": (_says(OK, LENGTH % 10**15), None),
}
ANSWERS = {
    "too large": (_says(OK, LENGTH % 4000, b"x" * 4000), "answer_too_large"),
    "a bomb": (_says(OK, b"Content-Encoding: gzip\r\n", LENGTH % len(BOMB), BOMB), "any"),
    "trickled": (_trickles_a_body, "timed_out"),
    "deep": (_says(OK, LENGTH % 2000, b"[" * 2000), None),
    "not text": (_says(OK, LENGTH % 4, b"\xff\xfe\x00\x01"), None),
    "of another shape": (_says(OK, LENGTH % 15, b'{"answer":[0x]}'), None),
}


@asynccontextmanager
async def hostile(behave, seconds=0.4):
    meeting: set[asyncio.Task[None] | None] = set()

    async def met(reader, writer):
        meeting.add(asyncio.current_task())
        try:
            await reader.readuntil(b"\r\n\r\n")
            await behave(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(met, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with (
        server,
        calling(Addresses()) as public,
        calling(Addresses(LOOPBACK, public=False)) as private,
    ):
        courier = Courier(public=public, private=private, seconds=seconds)
        try:
            yield courier, f"http://127.0.0.1:{port}/"
        finally:
            there = [each for each in meeting if each is not None and each.cancel()]
            await asyncio.gather(*there, return_exceptions=True)


@pytest.mark.parametrize("name", RECEIVERS)
async def test_an_attempt_ends_soon_and_is_told_by_a_word(name):
    behave, reason = RECEIVERS[name]
    async with hostile(behave) as (courier, url), asyncio.timeout(3):
        attempt = await courier.post(url, b"{}", {})

    assert attempt.reason == reason
    assert SECRET not in repr(attempt)
    assert (attempt.retry_after or 0) <= 3600


@pytest.mark.parametrize("name", ANSWERS)
async def test_no_answer_to_a_challenge_does_harm(name):
    behave, reason = ANSWERS[name]
    async with hostile(behave) as (courier, url), asyncio.timeout(3):
        attempt = await courier.post(url, b"{}", {}, answer=True)

    assert reason == "any" or attempt.reason == reason
    assert len(attempt.answer) <= 2048
    assert answered(attempt) is None
