import os
import signal
import sys
from asyncio import subprocess
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import pytest
from aiohttp import ClientSession
from yarl import URL

from adapters.hk import wire
from adapters.hk.messages import ProfileRequest
from adapters.hk.simulator import RESIDENTS, SimulatorSettings
from adapters.hk.simulator.callback import Callbacks
from adapters.hk.simulator.desk import Consent, Desk, Task
from adapters.hk.simulator.shelf import Shelf
from identity.documents import Document, format_valid
from identity.model import Scope
from tests.adapters.hk.answering import CREDENTIALS
from tests.adapters.hk.conftest import changed, provider

ROOT = Path(__file__).resolve().parents[3]


def page_of(world, **changes):
    page = URL(world.provider.page(state="state-1", language="en"))
    return page.with_query({**page.query, **changes})


@pytest.mark.parametrize("resident", RESIDENTS.values(), ids=RESIDENTS)
def test_simulated_residents_have_well_formed_numbers(resident):
    assert format_valid(Document.HKID, resident.number)


async def test_the_page_says_that_it_is_a_simulator_and_lists_its_residents(world):
    async with world.session.get(page_of(world)) as response:
        text = await response.text()

    assert "<title>iAM Smart SIMULATOR 模擬器</title>" in text
    assert "not iAM Smart" in text
    assert "並非真正" in text
    assert all(resident.name_zh in text for resident in RESIDENTS.values())


async def test_what_a_request_says_is_escaped(world):
    attack = '"><script>alert(1)</script>'

    async with world.session.get(
        page_of(world, state=attack, scope=f"eidapi_auth {attack}")
    ) as r:
        text = await r.text()

    assert "<script" not in text
    assert "&lt;script&gt;" in text


async def test_the_form_goes_to_the_pages_own_address(world):
    async with world.session.get(page_of(world)) as response:
        text = await response.text()

    assert f'<form method="post" action="{escape(response.url.raw_path_qs)}">' in text
    assert "&amp;state=state-1&amp;" in text


async def test_the_page_may_not_be_framed_scripted_or_kept(world):
    async with world.session.get(page_of(world)) as response:
        headers = response.headers

    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "uri",
    [
        "http://evil.example/",
        "https://127.0.0.1:1/",
        "//evil.example",
        "http://127.0.0.1:1@evil.example/",
        "http://127.0.0.1:@evil.example/",
        "http://127.0.0.1:\\@evil.example/",
        "http://127.0.0.1:1/\r\nSet-Cookie:a=b",
        "http://127.0.0.1:1/ a",
        "http://127.0.0.1:1/é",
        "http://127.0.0.1:1/#fragment",
        "http://127.0.0.1.evil.example/",
        "http://[",
        "",
    ],
)
async def test_nobody_is_sent_elsewhere_than_the_registered_prefix(world, uri):
    form = {"resident": "chan", "decision": "approve"}
    page = page_of(world, redirectURI=uri)

    async with world.session.post(page, data=form, allow_redirects=False) as response:
        assert response.status == 400
        assert "Location" not in response.headers


@pytest.mark.parametrize(
    "change",
    [
        {"clientID": "another"},
        {"responseType": "token"},
        {"state": ""},
        {"state": "s" * 201},
        {"scope": "eidapi_profiles"},
    ],
)
async def test_a_page_for_an_unregistered_request_is_not_shown(world, change):
    async with world.session.get(page_of(world, **change)) as response:
        assert response.status == 400


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"decision": "approve"},
        {"resident": "chan"},
        {"resident": "nobody", "decision": "approve"},
    ],
)
async def test_a_form_without_a_choice_gives_no_code(world, form):
    async with world.session.post(page_of(world), data=form, allow_redirects=False) as response:
        assert response.status == 400


async def test_no_profile_is_shared_that_the_scope_did_not_name(world):
    world.provider = world.provider_with(scopes=dict.fromkeys(Scope, "eidapi_auth"))

    _, body = await world.callback("case-1")

    assert wire.decode(body, wire.Result[str]).code == "D40001"


async def test_a_signed_call_is_taken_once(world):
    url = f"{world.settings.base_url}/api/v1/security/getKey"
    headers = wire.sign(b"", CREDENTIALS, at=world.clock.now, nonce="n" * 36)

    codes = []
    for _ in range(2):
        async with world.session.post(url, headers=headers) as response:
            codes.append((await response.json())["code"])

    assert codes == [wire.OK, "D20001"]


async def test_a_profile_is_not_posted_to_an_unregistered_callback(world):
    elsewhere = world.provider_with(callback_uri="http://localhost:9/profile")
    grant = await elsewhere.redeem(await world.code())

    with pytest.raises(Exception, match="refused"):
        await elsewhere.request(grant, Scope.PROFILE, transaction="case-1")


async def test_a_body_without_end_is_not_read(world):
    url = f"{world.settings.base_url}/api/v1/security/getKey"

    async with world.session.post(url, data=b"x" * (wire.MAX_BODY + 1)) as response:
        assert response.status == 413


def desk(rsa_key, clock, **choices):
    settings = SimulatorSettings(
        credentials=CREDENTIALS, public_key=rsa_key.public_key(), **choices
    )
    return Desk(settings, clock=clock, random_bytes=os.urandom)


def test_a_prefix_that_ends_in_a_host_means_that_host(rsa_key, clock):
    desk_of_one = desk(rsa_key, clock, redirect_prefix="https://service.example")

    assert desk_of_one.may_send_to("https://service.example/back")
    assert not desk_of_one.may_send_to("https://service.example.evil.example/back")
    assert not desk_of_one.may_send_to("https://service.example@evil.example/back")


def test_a_content_key_stays_for_its_life_and_then_gives_way(rsa_key, clock):
    given = desk(rsa_key, clock, key_life=timedelta(minutes=5))
    first = given.content_key()
    clock.advance(minutes=4)

    assert given.content_key() == first
    clock.advance(minutes=1)
    assert given.content_key() != first


async def test_no_more_callbacks_wait_than_the_simulator_bears(rsa_key, clock, session):
    callbacks = Callbacks(desk(rsa_key, clock), session)
    asked = ProfileRequest(
        business_id="case-1",
        access_token="token-1",
        open_id="account-1",
        source="PC_Browser",
        redirect_uri="http://127.0.0.1:9/",
        state="case-1",
        profile_fields=(),
    )
    task = Task(asked, Consent(RESIDENTS["chan"], frozenset()))

    begun = [callbacks.begin(task, wire.OK) for _ in range(33)]
    await callbacks.close()

    assert begun == [True] * 32 + [False]


def test_a_shelf_forgets_the_oldest_when_full(clock):
    shelf = Shelf[int](timedelta(minutes=1), clock=clock, size=2)
    for number in range(3):
        shelf.put(str(number), number)

    assert [shelf.get(name) for name in "012"] == [None, 1, 2]


def test_a_shelf_forgets_what_is_taken_and_what_is_old(clock):
    shelf = Shelf[int](timedelta(minutes=1), clock=clock)
    shelf.put("a", 1)
    shelf.put("b", 2)

    assert (shelf.take("a"), shelf.take("a")) == (1, None)
    clock.advance(minutes=1)
    assert shelf.get("b") is None


async def test_the_simulator_runs_in_a_process_of_its_own(tmp_path, settings):
    key = tmp_path / "client.pem"
    process = await subprocess.create_subprocess_exec(
        *(sys.executable, "-m", "adapters.hk.simulator", "--port", "0"),
        *("--client-id", "tongban-test", "--client-key", str(key)),
        cwd=ROOT,
        env=os.environ | {"IAMSMART_SIMULATOR_SECRET": CREDENTIALS.secret},
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        ready = (await process.stdout.readline()).decode()
        there = changed(
            settings,
            base_url=ready.split(" ready at ")[1].split()[0],
            private_key=key.read_bytes(),
        )
        async with ClientSession() as session:
            client = provider(session, now, there)
            grant = await sign_in(session, client)
    finally:
        process.send_signal(signal.SIGTERM)
        rest, _ = await process.communicate()

    assert "SIMULATOR (not the real service)" in ready
    assert CREDENTIALS.secret not in ready
    assert key.stat().st_mode & 0o077 == 0
    assert grant.account == RESIDENTS["lee"].open_id("tongban-test")
    assert (rest, process.returncode) == (b"", 0)


def now():
    return datetime.now(UTC)


async def sign_in(session, client):
    form = {"resident": "lee", "decision": "approve"}
    page = client.page(state="state-1", language="en")
    async with session.post(page, data=form, allow_redirects=False) as response:
        code = URL(response.headers["Location"]).query["code"]
    return await client.redeem(code)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"content":"AAAA"}'])
async def test_a_call_that_is_not_sealed_is_refused(world, body):
    url = f"{world.settings.base_url}/api/v1/auth/getToken"
    headers = wire.sign(body, CREDENTIALS, at=world.clock.now, nonce="n" * 36)

    async with world.session.post(url, data=body, headers=headers) as response:
        code = (await response.json())["code"]

    assert code in ("D20004", "D20005")


async def test_a_callback_that_nobody_takes_is_given_up_without_naming_anybody(world, caplog):
    elsewhere = world.provider_with(callback_uri="http://127.0.0.1:9/")
    grant = await elsewhere.redeem(await world.code())

    await elsewhere.request(grant, Scope.PROFILE, transaction="case-1")
    await world.simulated_callbacks.idle()

    assert "a callback could not be delivered" in caplog.text
    assert "CHAN" not in caplog.text
