"""A region's answer proves itself later, to anyone, without either region's system."""

from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from cose import decode, encode
from tests.commands import printed, refused, told
from tests.service.neighbours import ASKED, GX, guangdong, guangxi, partner
from tests.service.visitor import Visitor


@asynccontextmanager
async def answered(tmp_path):
    async with guangxi(tmp_path) as (gx, _):
        keys = tmp_path / "keys"
        keys.write_bytes((await gx.anyone.get("/.well-known/cose-keys")).content)
        async with guangdong(tmp_path, gx.url, partner(GX, gx.home)) as gd:
            begun = await gd.official("clerk").post("/v1/verifications/regions", ASKED)
            result = await gd.result(begun.body)
            yield gd, begun.body["id"], Visitor(gd.http, result.body["session"]), keys


async def test_what_a_region_answered_is_checked_offline_by_whoever_keeps_it(tmp_path):
    async with answered(tmp_path) as (gd, id, person, keys):
        # The assertion expired, and nobody is asked.
        gd.clock.now += timedelta(minutes=30)
        proof = await person.get(f"/v1/verifications/{id}/proof")
        (log := tmp_path / "log").write_bytes(
            (await gd.anyone.get("/.well-known/cose-keys")).content
        )
    (file := tmp_path / "proof").write_bytes(proof.content)

    found = told(tmp_path, "check-answer", file, "--keys", keys, "--log-keys", log)
    shown = printed(tmp_path, "check-answer", file, "--keys", keys)

    assert proof.headers["Cache-Control"] == "private, no-store"
    assert (found["region"], found["asked_by"], found["verdict"]) == (GX, "CN-GD", "match")
    assert found["answers"] == {"document_number": "match", "name_zh": "match"}
    assert (found["verification"], found["log_trusted"]) == (id, True)
    assert "name_zh: match" in shown
    assert "--log-keys" in shown
    assert "样本一" not in shown
    assert "样本一".encode() not in proof.content


async def test_nobody_else_gets_what_proves_it(tmp_path):
    async with answered(tmp_path) as (gd, id, person, _):
        others = [
            await gd.applicant(),
            gd.session("agent"),
        ]
        never = [gd.supervisor, gd.official("clerk"), gd.session("operator")]

        answers = [await each.get(f"/v1/verifications/{id}/proof") for each in others]
        denied = [await each.get(f"/v1/verifications/{id}/proof") for each in never]

        assert {each.status for each in answers} == {404}
        assert {(each.status, each.problem) for each in denied} == {(403, "not-allowed")}
        assert (await gd.anyone.get(f"/v1/verifications/{id}/proof")).status == 401
        assert (await person.get("/v1/verifications/x/proof")).status == 400


def _bit(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (lambda p: p | {"assertion": _bit(p["assertion"])}, "another answer"),
        (lambda p: p | {"salt": bytes(16)}, "commitment"),
        (lambda p: p | {"salt": b""}, "commitment"),
        (lambda p: p | {"bundle": _bit(p["bundle"])}, "checkpoint"),
        (lambda p: p | {"more": b""}, "other parts"),
        (lambda p: {"assertion": p["assertion"]}, "other parts"),
        (lambda p: p | {"salt": "text"}, "other parts"),
        (lambda p: [p], "other parts"),
    ],
)
async def test_what_was_changed_proves_nothing(tmp_path, changed, why):
    async with answered(tmp_path) as (_, id, person, keys):
        proof = (await person.get(f"/v1/verifications/{id}/proof")).content
    file = tmp_path / "proof"

    file.write_bytes(encode(changed(decode(proof))))

    assert why in refused(tmp_path, "check-answer", file, "--keys", keys)


async def test_under_keys_of_another_region_or_log_an_answer_proves_nothing(tmp_path):
    async with answered(tmp_path) as (gd, id, person, theirs):
        (file := tmp_path / "proof").write_bytes(
            (await person.get(f"/v1/verifications/{id}/proof")).content
        )
        (keys := tmp_path / "others").write_bytes(
            (await gd.anyone.get("/.well-known/cose-keys")).content
        )

    check = ("check-answer", file, "--keys")
    assert "trust" in refused(tmp_path, *check, keys)
    assert "keys" in refused(tmp_path, *check, theirs, "--log-keys", theirs)
    assert "COSE_KeySet" in refused(tmp_path, *check, theirs, "--log-keys", file)
