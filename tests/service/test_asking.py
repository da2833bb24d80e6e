"""Asking a partner region over HTTP: by window clerks, and recorded however it ends."""

from hashlib import sha256
from uuid import UUID

import pytest
from aiohttp import web
from msgspec.structs import replace

from adapters.panprd.client import ASSERTION_TYPE
from identity import commit_to_case
from identity.http import PURPOSES
from identity.policy import Basis
from ledger.actor import Role
from ledger.personal import Hidden
from server import open_sessions
from service.partners import PARTNERS
from tests.identity.regions import claims_of
from tests.service.neighbours import (
    ASKED,
    GD,
    GX,
    HN,
    RESIDENT,
    STRANGER,
    guangdong,
    guangxi,
    names,
    partner,
)
from tests.service.running import prepared, serving

UNNUMBERED = {name: RESIDENT[name] for name in ("document_type", "name_zh")}


async def test_a_clerk_has_a_resident_of_another_region_confirmed(tmp_path):
    async with guangxi(tmp_path) as (gx, _):
        keys = partner(GX, gx.home)
        async with guangdong(tmp_path, gx.url, keys) as gd:
            begun = await gd.official("clerk").post("/v1/verifications/regions", ASKED)
            result = await gd.result(begun.body)

            assert begun.status == 201
            assert begun.body["page"] is None
            assert (result.body["status"], result.body["jurisdiction"]) == ("succeeded", GX)
            assert names(gd) == [
                "verification.begun.v1",
                "verification.asked.v1",
                "transfer.recorded.v1",
                "verification.succeeded.v1",
            ]


async def test_what_was_answered_is_kept_as_it_was_signed_and_opens_its_commitment(tmp_path):
    async with guangxi(tmp_path) as (gx, _):
        keys = partner(GX, gx.home)
        async with guangdong(tmp_path, gx.url, keys) as gd:
            begun = await gd.official("clerk").post("/v1/verifications/regions", ASKED)

            [told] = [e.event for e in gx.ledger.read(0) if e.name.endswith("answered.v1")]
            [*_, kept] = gd.ledger.entries(UUID(begun.body["id"]))
            claims = claims_of(kept.event.assertion)
            assert kept.event.assertion_digest == told.digest
            assert sha256(kept.event.assertion).hexdigest() == told.digest
            assert claims[7].hex() == told.cti
            assert told.answers == {"document_number": "match", "name_zh": "match"}
            assert commit_to_case(kept.event.salt, kept.stream.bytes) == claims[-70001]
            [*_, sealed] = gd.ledger.entries(kept.stream, opened=False)
            assert {sealed.event.assertion, sealed.event.salt} == {Hidden.SEALED}


async def test_what_a_clerk_does_for_the_person_at_the_window_names_them_both(tmp_path):
    async with guangxi(tmp_path) as (gx, _):
        keys = partner(GX, gx.home)
        async with guangdong(tmp_path, gx.url, keys) as gd:
            begun = await gd.official("clerk").post("/v1/verifications/regions", ASKED)
            result = await gd.result(begun.body)

            session = open_sessions(gd.home, gd.edge).read(result.body["session"])
            [*_, began, asked, succeeded] = gd.ledger.read(1)
            assert (began.actor.role, began.actor.id) == (Role.CLERK, "clerk-1")
            assert asked.actor == began.actor
            assert session.item == ASKED["purpose"]
            assert (session.role, session.channel) == ("agent", "window")
            assert (session.subject, session.principal) == ("clerk-1", succeeded.event.subject)


async def test_a_resident_who_is_not_one_is_not_confirmed(tmp_path):
    async with guangxi(tmp_path) as (gx, _):
        keys = partner(GX, gx.home)
        async with guangdong(tmp_path, gx.url, keys) as gd:
            asked = ASKED | {"identifiers": STRANGER}
            begun = await gd.official("clerk").post("/v1/verifications/regions", asked)
            result = await gd.result(begun.body)

            assert result.body == {"status": "failed", "reason": "no_match"}


async def test_only_a_window_clerk_asks_a_region(tmp_path):
    keys = partner(GX, prepared(tmp_path / "gx"))
    async with guangdong(tmp_path, "http://127.0.0.1:9", keys) as gd:
        path = "/v1/verifications/regions"
        others = [gd.supervisor, gd.official("reviewer"), gd.session("partner")]
        others += [await gd.applicant()]
        head = gd.ledger.head

        answers = [await other.post(path, ASKED) for other in others]
        nobody = await gd.anyone.post(path, ASKED)

        assert {(each.status, each.problem) for each in answers} == {(403, "not-allowed")}
        assert (nobody.status, nobody.problem) == (401, "unauthenticated")
        assert gd.ledger.head == head


async def test_a_region_that_is_down_is_told_and_recorded(tmp_path):
    keys = partner(GX, prepared(tmp_path / "gx"))
    async with guangdong(tmp_path, "http://127.0.0.1:9", keys) as gd:
        answer = await gd.official("clerk").post("/v1/verifications/regions", ASKED)

        [*_, failed] = gd.ledger.read(2)
        assert (answer.status, answer.problem) == (503, "provider-unavailable")
        assert answer.headers["Retry-After"] == "30"
        assert names(gd) == [
            "verification.begun.v1",
            "verification.asked.v1",
            "transfer.recorded.v1",
            "verification.failed.v1",
        ]
        assert failed.event.reason == "unavailable"


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
        guangdong(tmp_path, url, partner(GX, gx_home)) as gd,
    ):
        refused = await gd.official("clerk").post("/v1/verifications/regions", ASKED)

        assert (refused.status, refused.problem) == (503, "provider-unavailable")
        assert names(gd) == [
            "verification.begun.v1",
            "verification.asked.v1",
            "transfer.recorded.v1",
            "token.refused.v1",
            "verification.failed.v1",
        ]
        [*_, failed] = gd.ledger.read(2)
        assert failed.event.reason == "refused"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"region": HN}, "$.region"),
        ({"identifiers": {}}, "$.identifiers.document_type"),
        ({"identifiers": {"name_en": "CHAN, Sample"}}, "$.identifiers.document_type"),
        ({"identifiers": UNNUMBERED}, "$.identifiers.document_number"),
        ({"identifiers": {"shoe_size": "9"}}, "$.identifiers"),
        ({"identifiers": RESIDENT | {"name_zh": "某" * 65}}, "$.identifiers.name_zh"),
        ({"identifiers": RESIDENT | {"name_zh": ""}}, "$.identifiers.name_zh"),
        ({"identifiers": RESIDENT | {"name_zh": "样\0本"}}, "$.identifiers.name_zh"),
        ({"identifiers": RESIDENT | {"birth_date": "yesterday"}}, "$.identifiers.birth_date"),
        ({"identifiers": RESIDENT | {"birth_date": "2023-02-29"}}, "$.identifiers.birth_date"),
        ({"identifiers": RESIDENT | {"birth_date": "19900307"}}, "$.identifiers.birth_date"),
        ({"identifiers": RESIDENT | {"gender": "X"}}, "$.identifiers.gender"),
        ({"fields": ["birth_date"]}, "$.fields"),
        ({"fields": ["shoe_size"]}, "$.fields[0]"),
        ({"purpose": "x" * 129}, "$.purpose"),
        ({"purpose": "for Chan Tai Man"}, "$.purpose"),
        ({"legal_basis": ""}, "$.legal_basis"),
        ({"legal_basis": None}, "$.legal_basis"),
    ],
)
async def test_a_question_that_does_not_fit_names_the_field(tmp_path, changes, field):
    keys = partner(GX, prepared(tmp_path / "gx"))
    async with guangdong(tmp_path, "http://127.0.0.1:9", keys) as gd:
        refused = await gd.official("clerk").post("/v1/verifications/regions", ASKED | changes)

        assert (refused.status, refused.body["field"]) == (400, field)
        assert names(gd) == []


BORN = {"birth_date": "1990-03-07", "gender": "F"}
LONGEST_NUMBER = {
    "document_type": "electronic_certificate",
    "document_number": "1.2.156.3005.2.11100000000013338W011.11440000006939748G.01.001.U",
}


async def test_the_longest_question_we_take_fits_into_a_request(tmp_path):
    fields = ("birth_date", "document_number", "document_type", "gender", "name_en", "name_zh")
    longest = {
        "region": GX,
        "legal_basis": "😀" * 256,
        "identifiers": dict.fromkeys(fields, "😀" * 64) | LONGEST_NUMBER | BORN,
    }
    agreed = {"😀" * 256: Basis()}
    async with guangxi(tmp_path) as (gx, _):
        keys = replace(partner(GX, gx.home), bases=agreed)
        partners = gx.app[PARTNERS].current
        partners[GD] = replace(partners[GD], bases=agreed)
        async with guangdong(tmp_path, gx.url, keys) as gd:
            longest["purpose"] = max(gd.app[PURPOSES], key=len)
            begun = await gd.official("clerk").post("/v1/verifications/regions", longest)

            assert begun.status == 201
            assert names(gx) == ["verification.answered.v1"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"document_number": "459999199003070026"}, "document_number"),
        ({"document_number": "A123456(3)"}, "document_number"),
        ({"document_type": "library_card"}, "document_type"),
        ({"document_type": None}, "document_type"),
    ],
)
async def test_a_number_that_cannot_be_one_of_its_type_is_told_at_once(
    tmp_path, changes, named
):
    believed = {name: value for name, value in (RESIDENT | changes).items() if value}
    keys = partner(GX, prepared(tmp_path / "gx"))
    async with guangdong(tmp_path, "http://127.0.0.1:9", keys) as gd:
        asked = ASKED | {"identifiers": believed, "fields": ["name_zh"]}

        answer = await gd.official("clerk").post("/v1/verifications/regions", asked)

        assert not names(gd)
    assert answer.problem == "bad-request"
    assert answer.body["field"] == f"$.identifiers.{named}"
    assert changes.get("document_number", "no number") not in str(answer.body)


async def test_a_number_is_asked_about_as_it_is_written_in_one_way(tmp_path):
    typed = RESIDENT | {"document_number": " ４５９９９９ 19900307 0025"}
    async with guangxi(tmp_path) as (gx, _):
        keys = partner(GX, gx.home)
        async with guangdong(tmp_path, gx.url, keys) as gd:
            asked = ASKED | {"identifiers": typed}

            begun = await gd.official("clerk").post("/v1/verifications/regions", asked)
            result = await gd.result(begun.body)

    assert result.body["status"] == "succeeded", result.body


async def test_what_was_sent_about_somebody_is_in_the_register_of_transfers(tmp_path):
    async with guangxi(tmp_path) as (gx, _):
        keys = partner(GX, gx.home)
        async with guangdong(tmp_path, gx.url, keys) as gd:
            begun = await gd.official("clerk").post("/v1/verifications/regions", ASKED)

            [row] = (await gd.supervisor.get("/v1/transfers")).body["transfers"]
            [*_, succeeded] = gd.ledger.read(0)

    assert (row["recipient"], row["cause"]) == (GX, begun.body["id"])
    assert row["categories"] == sorted(RESIDENT)
    assert (row["purpose"], row["basis"]) == (ASKED["purpose"], ASKED["legal_basis"])
    assert row["subject"] == succeeded.event.subject
    assert RESIDENT["document_number"] not in str(row)
    assert RESIDENT["name_zh"] not in str(row)


NAMELY = "for 459999199003070025"


async def test_no_text_of_a_clerk_gets_into_a_log_as_the_legal_basis(tmp_path):
    async with guangxi(tmp_path) as (gx, _):
        keys = partner(GX, gx.home)
        async with guangdong(tmp_path, gx.url, keys) as gd:
            asked = ASKED | {"legal_basis": NAMELY}

            answer = await gd.official("clerk").post("/v1/verifications/regions", asked)

            assert (answer.status, answer.problem) == (403, "not-agreed")
            assert "459999" not in str(answer.body)
            assert names(gd) == ["verification.begun.v1", "verification.failed.v1"]
            assert names(gx) == []
