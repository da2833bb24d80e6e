"""A whole partner region over real HTTP: asked, answering, and refusing to be asked twice."""

import asyncio
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import ClientSession, web
from click.testing import CliRunner

from adapters.panprd.client import REQUEST_TYPE, SIGNED_KEYS_TYPE, PartnerClient
from adapters.panprd.register import RESIDENTS
from adapters.panprd.simulator.__main__ import main
from adapters.panprd.simulator.app import Setting, create_app
from adapters.panprd.simulator.askers import Source
from adapters.panprd.simulator.keys import load_keys
from adapters.panprd.simulator.page import page
from adapters.panprd.simulator.seen import Seen
from cose import ED25519, Ed25519Signer, KeyRecord
from identity import REQUEST, Asker, Question, Trust, commit_to_case, decode_keys
from identity.errors import ProviderUnavailable, TokenRefused, VerificationDeclined
from identity.key_set import LIFETIME, KeySet, sign_key_set
from identity.policy import Agreement, Policy

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
SIGNER = Ed25519Signer(bytes([1]) * 32)
ROOT = Ed25519Signer(bytes([9]) * 32)
ASKER_RECORDS = (
    KeyRecord(
        public_key=SIGNER.public_key,
        algorithm=ED25519,
        use=frozenset({REQUEST.typ}),
        not_before=NOW - timedelta(days=1),
        expires=datetime(2100, 1, 1, tzinfo=UTC),
    ),
)


def asker_keys(now=NOW):
    """What the asking region publishes, signed by its root."""
    keys = KeySet(
        issuer="CN-GD",
        serial=1,
        issued_at=now.replace(microsecond=0),
        expires_at=now.replace(microsecond=0) + LIFETIME,
        origin="log.gd.example",
        records=ASKER_RECORDS,
    )
    return sign_key_set(keys, ROOT)


def source(place):
    return Source(ROOT.public_key, str(place))


QUESTION = Question(
    identifiers={
        "document_type": "resident_identity",
        "document_number": "459999199003070025",
        "name_zh": "样本一",
    },
    fields=("document_number", "name_zh"),
    case_commitment=commit_to_case(b"s" * 16, b"case-1"),
    purpose="food-operation-licence",
    legal_basis="PIPL 13(3)",
)


class Randomness:
    """Gives other bytes each time, and the same ones in every run."""

    def __init__(self):
        self.count = 0

    def __call__(self, length):
        self.count += 1
        return self.count.to_bytes(2, "big") * (length // 2)


@pytest.fixture
async def session():
    async with ClientSession() as session:
        yield session


@pytest.fixture
def keys(tmp_path):
    made = load_keys(tmp_path / "region", Randomness())
    return replace(made, made_at=NOW - timedelta(days=1))


@pytest.fixture
def start(aiohttp_server, session, keys):
    """Start a region that trusts the askers given, and return a client of it."""

    async def start(askers):
        setting = Setting(
            region="CN-GX",
            keys=keys,
            askers=askers,
            clock=lambda: NOW,
            random_bytes=Randomness(),
        )
        server = await aiohttp_server(create_app(setting))
        return PartnerClient(str(server.make_url("/")), session)

    return start


@pytest.fixture
async def region(start, tmp_path):
    path = tmp_path / "cn-gd.keys"
    path.write_bytes(asker_keys())
    return await start({"CN-GD": source(path)})


async def _asker(region):
    return Asker(
        issuer="CN-GD",
        signer=lambda: SIGNER,
        trust=Trust({"CN-GX": decode_keys(await region.keys())}),
        policy=Policy(region="CN-GD", agreements=lambda _: Agreement()),
    )


def _ask(asker, *, question=QUESTION, now=NOW, cti=b"c" * 16, nonce=b"n" * 16):
    return asker.ask(question, "CN-GX", now=now, cti=cti, nonce=nonce)


async def test_a_resident_is_verified_from_another_region(region):
    asker = await _asker(region)
    asked = _ask(asker)

    answered = asker.read(asked, await region.verify(asked.token), now=NOW)

    identity = answered.identity()
    assert identity.jurisdiction == "CN-GX"
    assert identity.claims["name_zh"] == "样本一"
    assert len(answered.once) == 2


async def test_somebody_else_is_not(region):
    asker = await _asker(region)
    other = {**QUESTION.identifiers, "name_zh": "样本二"}
    asked = _ask(asker, question=replace(QUESTION, identifiers=other))

    answered = asker.read(asked, await region.verify(asked.token), now=NOW)

    with pytest.raises(VerificationDeclined):
        answered.identity()


@pytest.mark.parametrize(
    "again",
    [
        pytest.param({}, id="the very same request"),
        pytest.param({"cti": b"d" * 16}, id="another with its nonce"),
        pytest.param({"nonce": b"m" * 16}, id="another with its token id"),
    ],
)
async def test_a_request_is_answered_once(region, again):
    asker = await _asker(region)
    await region.verify(_ask(asker).token)

    with pytest.raises(ProviderUnavailable, match="409"):
        await region.verify(_ask(asker, **again).token)


async def test_the_same_request_twice_at_once_is_answered_once(region):
    token = _ask(await _asker(region)).token

    outcomes = await asyncio.gather(
        *(region.verify(token) for _ in range(8)), return_exceptions=True
    )

    assert sum(isinstance(outcome, bytes) for outcome in outcomes) == 1


@pytest.mark.parametrize(
    ("status", "body", "content_type"),
    [
        pytest.param(400, b"", REQUEST_TYPE, id="nothing"),
        pytest.param(400, b"\xd2\x84", REQUEST_TYPE, id="cut short"),
        pytest.param(413, b"x" * 5000, REQUEST_TYPE, id="too long"),
        pytest.param(415, b"{}", "application/json", id="another format"),
    ],
)
async def test_what_is_no_request_is_a_problem(start, session, status, body, content_type):
    client = await start({})
    url = f"{client._url}/verifications"

    async with session.post(url, data=body, headers={"Content-Type": content_type}) as response:
        assert response.status == status


async def test_a_request_out_of_its_time_is_refused(region):
    asker = await _asker(region)

    with pytest.raises(ProviderUnavailable, match="400"):
        await region.verify(_ask(asker, now=NOW - timedelta(minutes=7)).token)


async def test_an_asker_nobody_named_is_refused(start):
    region = await start({})

    with pytest.raises(ProviderUnavailable, match="400"):
        await region.verify(_ask(await _asker(region)).token)


async def test_an_askers_keys_are_fetched_when_it_first_asks(start, aiohttp_server):
    fetched = []

    async def publish(request):
        fetched.append(request.path)
        if len(fetched) == 1:
            return web.Response(status=503)
        return web.Response(body=asker_keys(), content_type=SIGNED_KEYS_TYPE)

    app = web.Application()
    app.router.add_get("/.well-known/cose-keys", publish)
    url = str((await aiohttp_server(app)).make_url("/"))
    region = await start({"CN-GD": source(url)})
    asker = await _asker(region)

    with pytest.raises(ProviderUnavailable, match="503"):
        await region.verify(_ask(asker).token)
    await region.verify(_ask(asker).token)
    await region.verify(_ask(asker, cti=b"d" * 16, nonce=b"m" * 16).token)

    assert len(fetched) == 2


async def test_the_page_says_that_it_is_a_simulator(region, session):
    async with session.get(f"{region._url}/") as response:
        page = await response.text()

    assert "This is a simulator of partner region CN-GX" in page
    assert all((each.number in page) == (each.region == "CN-GX") for each in RESIDENTS)


def test_the_page_of_a_region_without_residents_says_so():
    assert "Nobody" in page("CN-<XX>")
    assert "CN-&lt;XX&gt;" in page("CN-<XX>")


@pytest.mark.parametrize(
    "option", ["CN-GD", "=file", "CN-GD=", "CN-GD=file", "CN-GD=00@file", f"={'58' * 32}@file"]
)
def test_an_asker_without_a_name_or_a_source_is_not_started_with(option, tmp_path):
    arguments = ["--port", "0", "--home", str(tmp_path), "--trust", option]

    outcome = CliRunner().invoke(main, arguments)

    assert outcome.exit_code == 2
    assert "ISSUER=ROOT@FILE_OR_URL" in outcome.output


def test_keys_are_made_once_and_kept(tmp_path):
    home = tmp_path / "in a folder" / "region"
    random = Randomness()

    first, second = load_keys(home, random), load_keys(home, random)

    assert first.records == second.records
    assert (home / "keys").stat().st_mode & 0o777 == 0o600
    assert load_keys(tmp_path / "other", random).records != first.records
    assert repr(first.pseudonym) not in repr(first)


def test_one_time_keys_are_forgotten_when_their_tokens_have_expired():
    seen = Seen()
    end = NOW + timedelta(minutes=6)

    assert seen.consume(["a", "b"], until=end, now=NOW)
    assert not seen.consume(["b", "c"], until=end, now=end)
    assert seen.consume(["c"], until=end, now=end)
    assert seen.consume(["b"], until=end, now=end + timedelta(seconds=1))


async def test_a_region_runs_in_a_process_of_its_own(tmp_path, session):
    path = tmp_path / "cn-gd.keys"
    path.write_bytes(asker_keys(datetime.now(UTC)))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "adapters.panprd.simulator",
        "--port", "0", "--home", str(tmp_path / "home"),
        "--trust", f"CN-GD={ROOT.public_key.hex()}@{path}",
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        ready = (await asyncio.wait_for(process.stdout.readline(), 20)).decode()
        region = PartnerClient(ready.split()[-1], session)
        now = datetime.now(UTC)
        asker = await _asker(region)
        asked = _ask(asker, now=now)
        identity = asker.read(asked, await region.verify(asked.token), now=now).identity()
    finally:
        process.terminate()
        await process.wait()

    assert ready.startswith("simulator of CN-GX ready at http://127.0.0.1:")
    assert identity.jurisdiction == "CN-GX"


async def test_a_damaged_answer_is_refused(region):
    asker = await _asker(region)
    asked = _ask(asker)
    answer = bytearray(await region.verify(asked.token))
    answer[-1] ^= 1

    with pytest.raises(TokenRefused):
        asker.read(asked, bytes(answer), now=NOW)
