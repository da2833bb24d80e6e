"""Two regions, each on a home of its own: Guangdong asks, Guangxi answers, once."""

import asyncio
import secrets
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiohttp import web

from adapters.panprd.client import ASSERTION_TYPE, REQUEST_TYPE
from identity import Asker, Question, Trust, commit_to_case, decode_keys, encode_keys
from identity.model import Answer
from ledger.home import Home
from service.region import Region
from service.settings import Partner
from tests.ledger.ledgers import SetClock
from tests.service.running import MORNING, Service, prepared, running, serving
from tests.service.visitor import Visitor

GD, GX, HN = "CN-GD", "CN-GX", "CN-HN"
RESIDENT = {
    "document_type": "resident_identity",
    "document_number": "459999199003070025",
    "name_zh": "样本一",
}
STRANGER = RESIDENT | {"document_number": "459999200001010011"}
ASKED = {
    "region": GX,
    "purpose": "gd.cross-province.trial",
    "legal_basis": "Personal Information Protection Law art. 13(1)(3)",
    "identifiers": RESIDENT,
    "fields": ["document_number", "name_zh"],
}


def partner(region: str, home: Home, url: str = "http://127.0.0.1:9") -> Partner:
    return Partner(url=url, keys=encode_keys(Region.of(region, home, {}).records).hex())


def asker(gd: Home, keys: str, region: str = GX) -> Asker:
    """Guangdong, asking `region` under the keys of Guangxi."""
    return Asker(
        issuer=GD,
        signer=Region.of(GD, gd, {}).signer,
        trust=Trust({region: decode_keys(bytes.fromhex(keys))}),
    )


def ask(by: Asker, region: str = GX, believed: dict[str, str] = RESIDENT, now=MORNING):
    question = Question(
        identifiers=believed,
        fields=("document_number", "name_zh"),
        case_commitment=commit_to_case(bytes(16), b"case"),
        purpose="gd.cross-province.trial",
        legal_basis="PIPL 13(3)",
    )
    random = secrets.token_bytes
    return by.ask(question, region, now=now, cti=random(16), nonce=random(16))


@asynccontextmanager
async def guangxi(tmp_path, clock=None):
    gd = prepared(tmp_path / "gd")
    partners = {GD: partner(GD, gd)}
    folder = tmp_path / "gx"
    async with running(folder, clock or SetClock(MORNING), region=GX, partners=partners) as gx:
        yield gx, asker(gd, partner(GX, gx.home).keys)


@asynccontextmanager
async def guangdong(tmp_path, url, keys):
    partners = {GX: Partner(url=url, keys=keys)}
    async with running(tmp_path / "gd", SetClock(MORNING), partners=partners) as gd:
        yield gd


async def send(service: Service, token, content_type=REQUEST_TYPE):
    headers = {"Content-Type": content_type}
    return await Visitor(service.http).call(
        "POST", "/verifications", data=token, headers=headers
    )


def names(service: Service) -> list[str]:
    return [entry.name for entry in service.ledger.read(1)]


# Answering


async def test_a_request_is_answered_field_by_field_and_once(tmp_path):
    async with guangxi(tmp_path) as (gx, by):
        asked = ask(by)

        answer = await send(gx, asked.token)
        again = await send(gx, asked.token)

        result = by.read(asked, answer.content, now=MORNING).assertion.result
        assert answer.headers["Content-Type"] == ASSERTION_TYPE
        assert result.verdict is Answer.MATCH
        assert result.answers == {"document_number": Answer.MATCH, "name_zh": Answer.MATCH}
        assert (again.status, again.problem) == (409, "used-before")
        assert names(gx) == ["verification.answered.v1"]


async def test_of_many_copies_of_a_request_at_once_one_is_answered(tmp_path):
    async with guangxi(tmp_path) as (gx, by):
        asked = ask(by)

        answers = await asyncio.gather(*(send(gx, asked.token) for _ in range(8)))

        assert sorted(answer.status for answer in answers) == [200] + [409] * 7
        assert names(gx) == ["verification.answered.v1"]


async def test_a_request_answered_before_a_restart_is_not_answered_after_it(tmp_path):
    async with guangxi(tmp_path) as (gx, by):
        asked = ask(by)
        first = await send(gx, asked.token)

    async with guangxi(tmp_path) as (gx, _):
        again = await send(gx, asked.token)

        assert (first.status, again.status) == (200, 409)
        assert names(gx) == ["verification.answered.v1"]


async def test_whoever_is_not_a_resident_is_answered_like_somebody_different(tmp_path):
    async with guangxi(tmp_path) as (gx, by):
        unknown, different = (
            ask(by, believed=STRANGER),
            ask(by, believed=RESIDENT | {"name_zh": "某"}),
        )

        answers = [await send(gx, asked.token) for asked in (unknown, different)]

        results = [
            by.read(asked, answer.content, now=MORNING).assertion.result
            for asked, answer in zip((unknown, different), answers, strict=True)
        ]
        assert {result.verdict for result in results} == {Answer.NO_MATCH}
        assert len({answer.status for answer in answers}) == 1
        assert abs(len(answers[0].content) - len(answers[1].content)) < 16


async def test_a_request_that_is_not_for_us_now_is_refused_and_leaves_nothing(tmp_path):
    async with guangxi(tmp_path) as (gx, by):
        keys = partner(GX, gx.home).keys
        elsewhere = ask(asker(prepared(tmp_path / "gd"), keys, HN), HN).token
        stranger = ask(asker(prepared(tmp_path / "nobody"), keys)).token
        old = ask(by, now=MORNING - timedelta(minutes=7)).token
        early = ask(by, now=MORNING + timedelta(minutes=2)).token
        good = ask(by).token
        altered = good[:-1] + bytes([good[-1] ^ 1])
        tokens = [
            elsewhere,
            stranger,
            old,
            early,
            altered,
            b"",
            b"x",
            good + b"\0",
            bytes(5000),
        ]

        answers = [await send(gx, token) for token in tokens]

        assert {(each.status, each.problem) for each in answers} == {(400, "token-refused")}
        assert len({each.content for each in answers}) == 1
        assert names(gx) == []


async def test_a_request_that_comes_in_pieces_is_one(tmp_path):
    async with guangxi(tmp_path) as (gx, by):
        token = ask(by).token

        async def slowly():
            for start in range(0, len(token), 100):
                yield token[start : start + 100]
                await asyncio.sleep(0.005)

        assert (await send(gx, slowly())).status == 200


async def test_a_request_of_another_type_or_size_is_no_request(tmp_path):
    async with guangxi(tmp_path) as (gx, by):
        token = ask(by).token

        assert (await send(gx, token, "application/octet-stream")).status == 415
        assert (await send(gx, token, ASSERTION_TYPE)).status == 415
        assert (await send(gx, bytes(65_537))).status == 413
        assert names(gx) == []


async def test_a_region_without_a_register_answers_nobody_and_shows_its_keys(tmp_path):
    async with running(tmp_path / "home", sample_register=False) as service:
        published = await service.anyone.get("/.well-known/cose-keys")

        assert (await send(service, b"x")).status == 404
        assert decode_keys(published.content) == Region.of(GD, service.home, {}).records


# Asking


async def test_a_clerk_has_a_resident_of_another_region_confirmed(tmp_path):
    async with guangxi(tmp_path) as (gx, _):
        keys = partner(GX, gx.home).keys
        async with guangdong(tmp_path, gx.url, keys) as gd:
            begun = await gd.official("clerk").post("/v1/verifications/regions", ASKED)
            result = await gd.result(begun.body)

            assert begun.status == 201
            assert begun.body["page"] is None
            assert (result.body["status"], result.body["jurisdiction"]) == ("succeeded", GX)
            assert names(gd) == ["verification.begun.v1", "verification.succeeded.v1"]


async def test_a_resident_who_is_not_one_is_not_confirmed(tmp_path):
    async with guangxi(tmp_path) as (gx, _):
        keys = partner(GX, gx.home).keys
        async with guangdong(tmp_path, gx.url, keys) as gd:
            asked = ASKED | {"identifiers": STRANGER}
            begun = await gd.official("clerk").post("/v1/verifications/regions", asked)
            result = await gd.result(begun.body)

            assert result.body == {"status": "failed", "reason": "no_match"}


async def test_only_a_window_clerk_asks_a_region(tmp_path):
    keys = partner(GX, prepared(tmp_path / "gx")).keys
    async with guangdong(tmp_path, "http://127.0.0.1:9", keys) as gd:
        path = "/v1/verifications/regions"
        others = [gd.supervisor, gd.official("reviewer"), gd.session("partner")]
        others += [await gd.applicant()]
        head = gd.ledger.head

        answers = [await other.post(path, ASKED) for other in others]
        nobody = await gd.anyone.post(path, ASKED)

        assert {(each.status, each.problem) for each in answers} == {(403, "forbidden")}
        assert (nobody.status, nobody.problem) == (401, "unauthenticated")
        assert gd.ledger.head == head


async def test_a_region_that_is_down_is_told_and_recorded(tmp_path):
    keys = partner(GX, prepared(tmp_path / "gx")).keys
    async with guangdong(tmp_path, "http://127.0.0.1:9", keys) as gd:
        answer = await gd.official("clerk").post("/v1/verifications/regions", ASKED)

        reason = next(gd.ledger.read(2)).event.reason
        assert (answer.status, answer.problem) == (503, "provider-unavailable")
        assert answer.headers["Retry-After"] == "30"
        assert names(gd) == ["verification.begun.v1", "verification.failed.v1"]
        assert reason == "ProviderUnavailable"


@pytest.mark.parametrize("replays", [False, True])
async def test_a_region_that_answers_nonsense_is_as_good_as_down(tmp_path, replays):
    gx_home = prepared(tmp_path / "gx")

    async def answer(request):
        body = await request.read() if replays else b"nonsense"
        return web.Response(body=body, content_type=ASSERTION_TYPE)

    app = web.Application()
    app.router.add_post("/verifications", answer)
    async with (
        serving(app) as url,
        guangdong(tmp_path, url, partner(GX, gx_home).keys) as gd,
    ):
        refused = await gd.official("clerk").post("/v1/verifications/regions", ASKED)

        assert (refused.status, refused.problem) == (503, "provider-unavailable")
        assert names(gd) == ["verification.begun.v1", "verification.failed.v1"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"region": HN}, "$.region"),
        ({"identifiers": {}}, "$.identifiers"),
        ({"identifiers": {"shoe_size": "9"}}, "$.identifiers"),
        ({"identifiers": {"name_zh": "某" * 65}}, "$.identifiers[...]"),
        ({"identifiers": {"name_zh": ""}}, "$.identifiers[...]"),
        ({"fields": ["shoe_size"]}, "$.fields[0]"),
        ({"purpose": "x" * 129}, "$.purpose"),
        ({"legal_basis": ""}, "$.legal_basis"),
        ({"legal_basis": None}, "$.legal_basis"),
    ],
)
async def test_a_question_that_does_not_fit_names_the_field(tmp_path, changes, field):
    keys = partner(GX, prepared(tmp_path / "gx")).keys
    async with guangdong(tmp_path, "http://127.0.0.1:9", keys) as gd:
        refused = await gd.official("clerk").post("/v1/verifications/regions", ASKED | changes)

        assert (refused.status, refused.body["field"]) == (400, field)
        assert names(gd) == []


async def test_the_longest_question_we_take_fits_into_a_request(tmp_path):
    fields = ("birth_date", "document_number", "document_type", "gender", "name_en", "name_zh")
    longest = {
        "region": GX,
        "purpose": "😀" * 128,
        "legal_basis": "😀" * 256,
        "identifiers": dict.fromkeys(fields, "😀" * 64),
    }
    async with guangxi(tmp_path) as (gx, _):
        keys = partner(GX, gx.home).keys
        async with guangdong(tmp_path, gx.url, keys) as gd:
            begun = await gd.official("clerk").post("/v1/verifications/regions", longest)

            assert begun.status == 201
            assert names(gx) == ["verification.answered.v1"]
