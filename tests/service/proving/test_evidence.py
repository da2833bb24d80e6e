"""The evidence of a case: made by the region, checked by anyone, offline."""

from hashlib import sha256

from cose import Ed25519Signer, encode_key_set
from service.own_root import own_roots
from tests.commands import misused, printed, refused
from tests.commands import told as shown
from tests.service.neighbours import ASKED, GX, guangdong, guangxi, partner
from tests.service.proving.packages import members, told
from tests.service.running import AUTHORITY, ELSEWHERE, FORM
from tests.service.visitor import PDF, Visitor

PENSION = "gd.zhaoqing.pension-transfer-in"
PUBLIC = Ed25519Signer(bytes(32)).public_key


def saved(tmp_path, answer, name="evidence.zip"):
    assert answer.status == 200, answer.body
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Cache-Control"] == "private, no-store"
    path = tmp_path / name
    path.write_bytes(answer.content)
    return path


async def test_what_a_case_is_proven_to_be_is_told_where_there_is_nothing_but_the_file(
    service, tmp_path
):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")
    path = saved(tmp_path, await service.supervisor.get(f"/v1/cases/{case_id}/evidence"))
    (keys := tmp_path / "keys").write_bytes(
        encode_key_set(service.ledger.published.keys.records)
    )
    root = own_roots(service.home)[-1].public_key.hex()
    nowhere = tmp_path / "nowhere"

    alone = shown(nowhere, "verify-evidence", path)
    trusted = shown(nowhere, "verify-evidence", path, "--keys", keys, "--root", root)
    said = printed(nowhere, "verify-evidence", path)
    (everything := tmp_path / "everything").write_bytes(
        (await service.anyone.get("/.well-known/cose-keys")).content
    )
    published = shown(nowhere, "verify-evidence", path, "--keys", everything)

    assert [each["version"] for each in alone["entries"]] == [1, 2]
    assert (alone["case"], alone["region"]) == (case_id, "CN-GD")
    assert (alone["log_trusted"], alone["root_trusted"]) == (False, False)
    assert (trusted["log_trusted"], trusted["root_trusted"]) == (True, True)
    assert trusted["log_of_region"]
    assert published["log_of_region"]
    assert "Not proven:" in said
    assert "--root" in said
    assert not nowhere.exists()


async def test_keys_and_roots_of_others_do_not_do(service, tmp_path):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")
    path = saved(tmp_path, await applicant.get(f"/v1/cases/{case_id}/evidence"))
    (keys := tmp_path / "keys").write_bytes(encode_key_set(own_roots(service.home)))

    assert "keys: " in refused(tmp_path, "verify-evidence", path, "--keys", keys)
    assert "keys: " in refused(tmp_path, "verify-evidence", path, "--root", PUBLIC.hex())
    assert "--root" in misused(tmp_path, "verify-evidence", path, "--root", "root")
    assert "--witness" in misused(tmp_path, "verify-evidence", path, "--witness", "w")


async def test_nothing_personal_is_in_it_for_who_sees_nothing_of_it_opened(service, tmp_path):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")

    content = (await service.supervisor.get(f"/v1/cases/{case_id}/evidence")).content

    assert not [name for name in members(content) if name.startswith("material")]
    for personal in (*FORM.values(), sha256(PDF).hexdigest()):
        assert personal.encode() not in content


async def test_materials_are_in_it_for_who_may_see_them_and_asks(service, tmp_path):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form", "layout-plan")
    path = f"/v1/cases/{case_id}/evidence"
    digest = sha256(PDF).hexdigest()

    for who in (applicant, service.official("clerk")):
        without = members((await who.get(path)).content)
        whole = await who.get(f"{path}?materials=yes")
        assert "materials.cbor" in without
        assert f"materials/{digest}" not in without
        assert members(whole.content)[f"materials/{digest}"] == PDF
    checked = shown(tmp_path, "verify-evidence", saved(tmp_path, whole))
    denied = await service.supervisor.get(f"{path}?materials=yes")
    reads = await applicant.get("/v1/me/access-log")

    assert checked["materials"] == [digest]
    assert denied.problem == "not-allowed"
    assert [each["what"] for each in reads.body["reads"]] == ["evidence"] * 2


async def test_a_case_one_may_not_read_has_no_evidence(service):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")
    path = f"/v1/cases/{case_id}/evidence"

    for who in (await service.applicant(), service.official("clerk", authority=ELSEWHERE)):
        assert (await who.get(path)).problem == "case-not-found"
    assert (await service.anyone.get(path)).status == 401
    assert (await service.official("clerk", authority=AUTHORITY).get(path)).status == 200


async def test_what_a_region_answered_is_in_it_for_the_person_alone(tmp_path):
    async with (
        guangxi(tmp_path) as (gx, _),
        guangdong(tmp_path, gx.url, partner(GX, gx.home)) as gd,
    ):
        asked = ASKED | {"purpose": PENSION}
        begun = await gd.official("clerk").post("/v1/verifications/regions", asked)
        result = await gd.result(begun.body)
        person = Visitor(gd.http, result.body["session"])
        submit = {"item": PENSION, "form": {"kind": "made up"}, "materials": {}}
        case_id = (await person.post("/v1/cases", submit)).body["case_id"]

        own = await person.get(f"/v1/cases/{case_id}/evidence")
        office = gd.official("clerk", authority=ELSEWHERE)
        for_office = await office.get(f"/v1/cases/{case_id}/evidence")

    found = shown(tmp_path, "verify-evidence", saved(tmp_path, own))
    assert len(found["answers"]) == 1
    assert for_office.status == 200
    assert "answers/000001.cbor" not in members(for_office.content)
    assert told(members(own.content)).versions == 2
