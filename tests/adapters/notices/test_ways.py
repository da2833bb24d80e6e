"""A gateway gets what is signed, a file gets a line, and a URL says which it is."""

import asyncio
import json
import resource
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
from aiohttp import web
from standardwebhooks import Webhook

from adapters.notices import (
    KINDS,
    LANGUAGES,
    FileNotifier,
    MailNotifier,
    NotifierRefused,
    WebhookNotifier,
    notifier_at,
    told,
)
from ledger.ports import Fate
from tests.adapters.notices.notices import ID, clock, notice

SECRET = "bm90IGEgc2VjcmV0IG9mIGFueWJvZHkncw=="


@asynccontextmanager
async def gateway(status: int, taken: list[tuple[dict[str, str], bytes]]) -> AsyncIterator[str]:
    async def take(request: web.Request) -> web.Response:
        taken.append((dict(request.headers), await request.read()))
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    app = web.Application()
    app.router.add_route("*", "/{way:.*}", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0]
        yield f"http://{host}:{port}/notices?of=tongban"
    finally:
        await runner.cleanup()


async def test_a_gateway_is_told_where_and_what_and_knows_us_by_the_signature():
    taken: list[tuple[dict[str, str], bytes]] = []
    async with gateway(204, taken) as url:
        notifier = WebhookNotifier(url=url, secret=SECRET, clock=clock)
        fate = await asyncio.to_thread(notifier.send, notice())

    [(headers, body)] = taken
    told_there = json.loads(body)
    signed = Webhook(SECRET).sign(str(ID), clock(), body.decode())
    assert fate is Fate.TAKEN
    assert headers["webhook-signature"] == signed
    assert headers["webhook-id"] == str(ID) == told_there["id"]
    assert (told_there["to"], told_there["kind"]) == ("chan@mail.example", "correction")


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        (302, Fate.LATER),
        (400, Fate.NEVER),
        (401, Fate.LATER),
        (403, Fate.LATER),
        (404, Fate.LATER),
        (410, Fate.NEVER),
        (413, Fate.NEVER),
        (422, Fate.NEVER),
        (429, Fate.LATER),
        (503, Fate.LATER),
    ],
)
async def test_what_a_gateway_answers_decides_and_no_redirect_is_followed(status, fate):
    taken: list[tuple[dict[str, str], bytes]] = []
    async with gateway(status, taken) as url:
        notifier = WebhookNotifier(url=url, secret=SECRET, clock=clock)
        assert await asyncio.to_thread(notifier.send, notice()) is fate

    assert len(taken) == 1


def test_a_file_gets_a_line_each_and_is_for_its_owner_alone(tmp_path):
    path = tmp_path / "notices"
    notifier = FileNotifier(path=path)

    fates = [notifier.send(notice(kind=kind)) for kind in ("received", "served")]

    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert fates == [Fate.TAKEN, Fate.TAKEN]
    assert [line["kind"] for line in lines] == ["received", "served"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_written_is_for_later(tmp_path):
    assert FileNotifier(path=tmp_path / "none" / "notices").send(notice()) is Fate.LATER


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_told_in_every_language(kind, language):
    words = told(notice(kind=kind, language=language))

    assert "GD-2026-000007" in words.subject
    assert "\n" not in words.subject
    assert "https://tongban.example/v1/cases/7" in words.text
    assert "{" not in words.subject + words.text
    assert "None" not in words.text


def test_what_is_to_be_done_until_a_day_names_the_day():
    for kind in ("correction", "accepted-owing", "due-soon"):
        for language in LANGUAGES:
            assert "2026-02-24" in told(notice(kind=kind, language=language)).text


@pytest.mark.parametrize(
    ("url", "security", "port"),
    [
        ("smtp://mail.example", "starttls", 587),
        ("smtps://mail.example", "tls", 465),
        ("smtp+plain://127.0.0.1:2525", "none", 2525),
    ],
)
def test_a_url_says_how_mail_is_protected(url, security, port):
    found = notifier_at(url, sender="a@b.example", secret=None, clock=clock)

    assert isinstance(found, MailNotifier)
    assert (found.security, found.port) == (security, port)


@pytest.mark.parametrize(
    ("url", "sender", "secret"),
    [
        ("smtp://mail.example", None, None),
        ("smtp://user@mail.example", "a@b.example", None),
        ("smtp://user:word@mail.example", "a@b.example", "word"),
        ("https://gateway.example", None, None),
        ("carrier-pigeon://coop", None, None),
        ("file://", None, None),
        ("", None, None),
    ],
)
def test_what_names_no_way_or_lacks_something_is_refused(url, sender, secret):
    with pytest.raises(NotifierRefused):
        notifier_at(url, sender=sender, secret=secret, clock=clock)


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_notice_that_a_file_has_no_room_for_is_not_in_it_by_half(tmp_path):
    notifier = FileNotifier(path=tmp_path / "notices")
    notifier.send(notice())
    whole = notifier.path.read_bytes()

    with no_file_longer_than(len(whole) + 10):
        fate = notifier.send(notice())

    assert (fate, notifier.path.read_bytes()) == (Fate.LATER, whole)
    assert notifier.send(notice()) is Fate.TAKEN
    assert notifier.path.read_bytes() == 2 * whole


@pytest.mark.parametrize(
    ("url", "secret", "setting"),
    [
        ("https://gateway.example/in", "not base64!", "secret"),
        ("https://gateway.example/in", "密鑰", "secret"),
        ("https://[gateway", SECRET, "url"),
        ("https://gateway.example:99999/in", SECRET, "url"),
        ("https://gateway.example/通知", SECRET, "url"),
    ],
)
def test_what_could_tell_nobody_is_refused_before_anybody_is_told(url, secret, setting):
    with pytest.raises(NotifierRefused) as refused:
        notifier_at(url, sender=None, secret=secret, clock=clock)

    assert refused.value.setting == setting
