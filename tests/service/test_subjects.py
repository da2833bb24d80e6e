"""What may be done about a person's data, by whom, and what is answered."""

import io
import json
import zipfile

import pytest

from tests.service.erasing import GROUND, operator, subject_of
from tests.service.persons import LOOSE, NAME_ZH, UPLOAD, VALUES, closed_case, verified
from tests.service.running import ITEM, running


async def test_while_restricted_only_the_person_sees_what_is_theirs(tmp_path):
    async with running(tmp_path) as service:
        person, case = await closed_case(service)
        subject, staff = await subject_of(service, case), operator(service)
        kind = service.ledger.book.catalogue.current(ITEM).materials[0].id
        path = f"/v1/cases/{case}"

        restricted = await staff.post(f"/v1/subjects/{subject}/restriction", GROUND)
        office = await service.official("clerk").get(f"{path}/replay")
        own = await person.get(f"{path}/replay")
        materials = [
            (await who.get(f"{path}/materials/{kind}")).status
            for who in (service.official("clerk"), person)
        ]
        search = await service.official("clerk").get("/v1/search?q=Quixotry")
        new = await person.post("/v1/cases", {"item": ITEM, "form": {"a": "b"}})
        upload = await person.call("PUT", f"/v1/materials/{'0' * 64}", data=UPLOAD)
        lifted = await staff.call("DELETE", f"/v1/subjects/{subject}/restriction")
        again = await service.official("clerk").get(f"{path}/replay")

    assert restricted.body["standing"] == "restricted"
    assert office.body["entries"][1]["fields"]["form"] == "restricted"
    assert not any(value in office.content.decode() for value in VALUES)
    assert own.body["entries"][1]["fields"]["form"]["owner"] == NAME_ZH
    assert materials == [403, 200]
    assert search.body["cases"] == []
    assert (new.status, new.problem) == (403, "not-allowed")
    assert upload.status == 403
    assert lifted.body["standing"] == "free"
    assert again.body["entries"][1]["fields"]["form"]["owner"] == NAME_ZH


async def test_nobody_is_erased_unrestricted_or_with_a_case_that_is_open(tmp_path):
    async with running(tmp_path) as service:
        person = await service.applicant()
        case = await service.apply(person, "application-form")
        subject, staff = await subject_of(service, case), operator(service)

        early = await staff.post(f"/v1/subjects/{subject}/erasure", GROUND)
        await staff.post(f"/v1/subjects/{subject}/restriction", GROUND)
        still_open = await staff.post(f"/v1/subjects/{subject}/erasure", GROUND)
        await person.act(case, "withdrawals")
        over = await staff.post(f"/v1/subjects/{subject}/erasure", GROUND)
        twice = await staff.post(f"/v1/subjects/{subject}/erasure", GROUND)

    assert "restrict this person first" in early.body["detail"]
    assert "open cases" in still_open.body["detail"]
    assert over.status == 200
    assert "was erased" in twice.body["detail"]


async def test_a_command_sent_again_gets_the_first_answer_again(tmp_path):
    async with running(tmp_path) as service:
        _, case = await closed_case(service)
        subject, staff = await subject_of(service, case), operator(service)
        path, once = (
            f"/v1/subjects/{subject}/restriction",
            {"headers": {"Idempotency-Key": "k"}},
        )

        first = await staff.post(path, GROUND, **once)
        head = service.ledger.head
        second = await staff.post(path, GROUND, **once)
        other = await staff.post(path, {"basis": "pipl-44"}, **once)

        assert second.body == first.body
        assert service.ledger.head == head
        assert other.problem == "command-reused"


async def test_only_an_operator_restricts_and_erases(tmp_path):
    async with running(tmp_path) as service:
        person, case = await closed_case(service)
        subject = await subject_of(service, case)
        others = [service.official(role) for role in ("clerk", "reviewer", "approver")]
        answers = []
        for who in (person, service.supervisor, *others):
            answers += [
                await who.get(f"/v1/subjects/{subject}"),
                await who.post(f"/v1/subjects/{subject}/restriction", GROUND),
                await who.call("DELETE", f"/v1/subjects/{subject}/restriction"),
                await who.post(f"/v1/subjects/{subject}/erasure", GROUND),
            ]
        nobody = await service.anyone.post(f"/v1/subjects/{subject}/erasure", GROUND)
        standing = await operator(service).get(f"/v1/subjects/{subject}")

    assert {answer.status for answer in answers} == {403}
    assert nobody.status == 401
    assert standing.body == {"subject": subject, "standing": "free"}


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "$.basis"), ({"basis": "because"}, "$.basis"), ({**GROUND, "why": "x"}, "$.why")],
)
async def test_a_ground_is_a_word_from_the_list_and_nothing_is_added(tmp_path, body, field):
    async with running(tmp_path) as service:
        answer = await operator(service).post("/v1/subjects/subject:1/restriction", body)

    assert (answer.status, answer.problem) == (400, "bad-request")
    assert field in str(answer.body)


async def test_a_person_is_given_everything_that_is_held_of_them(tmp_path):
    async with running(tmp_path) as service:
        person, _ = await closed_case(service)
        other = await verified(service, "another", name_zh="無關者")

        mine = await person.get("/v1/me/copy")
        theirs = await other.get("/v1/me/copy")
        refused = await service.official("clerk").get("/v1/me/copy")

    assert mine.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(mine.content)) as archive:
        assert archive.testzip() is None
        held = json.loads(archive.read("entries.json"))
        files = {name: archive.read(name) for name in archive.namelist()}
    events = {entry["event"] for entry in held["entries"]}
    assert {each["file"] for each in held["materials"]} | {"entries.json"} == set(files)
    assert UPLOAD in files.values()
    assert LOOSE in files.values()
    assert events >= {"application.received.v1", "verification.succeeded.v1"}
    assert all(value in files["entries.json"].decode() for value in VALUES)
    with zipfile.ZipFile(io.BytesIO(theirs.content)) as archive:
        assert not any(value in archive.read("entries.json").decode() for value in VALUES)
    assert refused.status == 403
