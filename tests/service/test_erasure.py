"""A person restricted, then erased: nothing of them is found, and all proofs hold."""

import asyncio
import logging
import shutil
import sqlite3
from contextlib import closing, contextmanager
from hashlib import sha256

import psycopg

from ledger.audit import audit
from ledger.http import ERASER
from ledger.opening import all_views
from ledger.projections.rebuilding import rebuild
from ledger.stores.key_table import ERASED
from ledger.subject_events import Standing
from ledger.transparency import verify_bundle
from tests.service.erasing import GROUND, erased, operator, subject_of
from tests.service.persons import (
    FINDING,
    LOOSE,
    NAME_ZH,
    UPLOAD,
    VALUES,
    closed_case,
    traces,
)
from tests.service.running import FORM, ITEM, running


@contextmanager
def standing_still(eraser):
    """Let an eraser carry nothing out meanwhile."""
    with eraser._working:
        yield


def recorded(ledger, subject):
    while ledger.standing(subject) is not Standing.ERASED:
        ledger.wait_beyond(ledger.head, 0.05)


def wrapped_key(home, subject):
    with closing(sqlite3.connect(home.subject_keys())) as keys:
        row = keys.execute("SELECT wrapped FROM subject_keys WHERE subject = ?", (subject,))
        return row.fetchone()[0]


async def test_no_file_holds_anything_of_a_person_who_was_erased(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    async with running(tmp_path) as service:
        person, case = await closed_case(service)
        subject = await subject_of(service, case)
        before = await person.get(f"/v1/cases/{case}/replay")
        found = await service.official("clerk").get("/v1/search?q=Quixotry")
        bundle = (await person.get(f"/v1/cases/{case}/bundles/2")).content
        key, wrapped = service.ledger.keys.key(subject), wrapped_key(service.home, subject)
        assert key is not None
        assert NAME_ZH in before.content.decode()
        assert FINDING in before.content.decode()
        assert [each["id"] for each in found.body["cases"]] == [case]
        assert traces(tmp_path / "views", *VALUES)
        assert traces(tmp_path, wrapped)
        assert len(list((tmp_path / "materials").rglob("*"))) == 3

        await erased(service, subject)

        assert traces(tmp_path, *VALUES, UPLOAD[-100:], LOOSE[-100:], key, wrapped) == []
        assert list((tmp_path / "materials").rglob("*")) == []
        findings = audit(service.ledger, service.home.views, all_views(service.ledger))
        assert findings.wrong == ()
        search = await service.official("clerk").get("/v1/search?q=Quixotry")
        assert search.body["cases"] == []
        again = await service.supervisor.get(f"/v1/cases/{case}/bundles/2")
        assert again.status == 200
        after = await person.get(f"/v1/cases/{case}/replay")
        assert "erased" in after.content.decode()
        assert not any(value in after.content.decode() for value in VALUES)
        del bundle

    assert traces(tmp_path, *VALUES, UPLOAD[-100:], LOOSE[-100:], key, wrapped) == []
    assert not any(value in caplog.text for value in VALUES)


async def test_nobody_is_shown_a_person_whose_erasure_is_not_carried_out_yet(tmp_path):
    async with running(tmp_path) as service:
        person, case = await closed_case(service)
        subject, staff = await subject_of(service, case), operator(service)
        await staff.post(f"/v1/subjects/{subject}/restriction", GROUND)
        digest = sha256(UPLOAD).hexdigest()
        before = await person.get(f"/v1/materials/{digest}")

        with standing_still(service.app[ERASER]):
            path, once = f"/v1/subjects/{subject}/erasure", {"Idempotency-Key": "k"}
            asked = [
                asyncio.create_task(staff.post(path, GROUND, headers=once)) for _ in range(40)
            ]
            await asyncio.to_thread(recorded, service.ledger, subject)
            # However many wait for it, others are answered.
            async with asyncio.timeout(3):
                upload = await person.get(f"/v1/materials/{digest}")
                copy = await person.get("/v1/me/copy")
                seen = await person.get(f"/v1/cases/{case}/replay")
                office = await service.official("clerk").get(f"/v1/cases/{case}/replay")
            assert service.ledger.keys.key(subject) is not None
            answers = await asyncio.gather(*asked)
        for _ in range(100):
            last = await staff.post(path, GROUND, headers=once)
            if last.status == 200:
                break

    assert before.status == 200
    assert (upload.status, upload.problem) == (404, "material-not-found")
    assert (copy.status, copy.problem) == (403, "not-allowed")
    for answer in (seen, office):
        assert answer.body["entries"][1]["fields"]["form"] == "erased"
        assert not any(value in answer.content.decode() for value in VALUES)
    assert {answer.status for answer in answers} == {202}
    assert {answer.body["finished"] for answer in answers} == {False}
    assert (last.status, last.body["finished"]) == (200, True)
    assert traces(tmp_path, *VALUES) == []


async def test_a_list_of_erasures_that_cannot_be_kept_is_told_in_health_and_metrics(tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    async with running(tmp_path / "home", erasures=kept / "erasures") as service:
        well, measured = await service.anyone.get("/health"), service.metrics()
        shutil.rmtree(kept)
        for _ in range(200):
            if (trouble := service.app[ERASER].trouble) is not None:
                break
            await asyncio.sleep(0.05)
        told = await service.anyone.get("/health")
        alarming = service.metrics()

    assert well.body["erasures"] is None
    assert "tongban_erasures_troubled 0.0" in measured
    assert trouble is not None
    assert str(kept / "erasures") in trouble
    assert told.body["erasures"] == trouble
    assert "tongban_erasures_troubled 1.0" in alarming


async def test_a_rebuilt_view_and_a_restart_show_the_person_as_erased(tmp_path):
    async with running(tmp_path) as service:
        _, case = await closed_case(service)
        await erased(service, await subject_of(service, case))

    async with running(tmp_path) as service:
        for view in all_views(service.ledger):
            await asyncio.to_thread(rebuild, service.ledger, service.home.views, view)
        seen = await service.official("clerk").get(f"/v1/cases/{case}/replay")

    fields = seen.body["entries"][1]["fields"]
    assert fields["form"] == fields["digests"] == "erased"
    assert traces(tmp_path, *VALUES) == []


async def test_bundles_kept_before_an_erasure_and_made_after_it_verify(tmp_path):
    async with running(tmp_path) as service:
        person, case = await closed_case(service)
        kept = (await person.get(f"/v1/cases/{case}/bundles/2")).content
        await erased(service, await subject_of(service, case))
        made = (await person.get(f"/v1/cases/{case}/bundles/2")).content
        keys = service.ledger.published.keys

    entries = [verify_bundle(bundle, keys).entry for bundle in (kept, made)]
    assert entries[0] == entries[1]


async def test_who_was_erased_and_comes_again_is_a_stranger(tmp_path):
    async with running(tmp_path) as service:
        _, case = await closed_case(service)
        subject = await subject_of(service, case)
        await erased(service, subject)

        again, second = await closed_case(service)
        listed = await again.get("/v1/cases")

        assert await subject_of(service, second) != subject
        assert [row["id"] for row in listed.body["cases"]] == [second]


async def test_an_application_sent_again_after_an_erasure_gets_its_first_answer(tmp_path):
    async with running(tmp_path) as service:
        person = await service.applicant()
        body = {"item": ITEM, "form": FORM}
        body["materials"] = {"application-form": await person.upload()}
        once = {"headers": {"Idempotency-Key": "k"}}
        first = await person.post("/v1/cases", body, **once)
        await person.act(first.body["case_id"], "withdrawals")
        await erased(service, await subject_of(service, first.body["case_id"]))

        again = await person.post("/v1/cases", body, **once)
        other = await person.post("/v1/cases", body)

    assert (first.status, again.status) == (201, 201)
    assert again.body == first.body
    assert other.problem == "command-rejected"


async def test_what_comes_too_late_for_a_person_erased_says_so(tmp_path):
    async with running(tmp_path) as service:
        person = await service.applicant()
        case = await service.apply(person, "application-form")
        service.ledger.keys.erase(await subject_of(service, case))

        late = await person.act(case, "withdrawals", {"reason": "too far"})

    assert (late.status, late.problem) == (409, "person-erased")


async def test_keys_and_materials_that_servers_share_are_erased_there(
    tmp_path, postgres_database
):
    shared = tmp_path / "shared"
    shared.mkdir()
    settings = {"keys": postgres_database, "materials": shared}
    async with running(tmp_path / "home", **settings) as service:
        _, case = await closed_case(service)
        subject = await subject_of(service, case)
        before = len([path for path in shared.rglob("*") if path.is_file()])

        await erased(service, subject)

    with psycopg.connect(postgres_database) as keys:
        rows = keys.execute("SELECT subject, wrapped FROM subject_keys").fetchall()
    assert before == 2
    assert [path for path in shared.rglob("*") if path.is_file()] == []
    assert [who for who, wrapped in rows if wrapped == ERASED] == [subject]
    assert traces(tmp_path, *VALUES) == []


async def test_an_erasure_at_one_server_is_carried_out_at_every_other(
    tmp_path, postgres_database, postgres_server
):
    shared = tmp_path / "shared"
    shared.mkdir()
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as server:
        server.execute("CREATE DATABASE erasure_keys")
    settings = {
        "database": postgres_database,
        "keys": postgres_server.get_uri("erasure_keys"),
        "materials": shared,
    }
    async with running(tmp_path / "one", **settings) as one:
        shutil.copytree(tmp_path / "one" / "keys", tmp_path / "two" / "keys")
        async with running(tmp_path / "two", **settings) as two:
            _, case = await closed_case(one)
            subject = await subject_of(one, case)
            seen = await two.official("clerk").get(f"/v1/cases/{case}/replay")
            position = one.ledger.head
            found = await two.official("clerk").get(
                f"/v1/search?q=Quixotry&position={position}"
            )

            answer = await erased(one, subject)
            for _ in range(100):
                if two.app[ERASER].has_finished(answer.body["position"]):
                    break
                await asyncio.sleep(0.1)

            after = await two.official("clerk").get(f"/v1/cases/{case}/replay")
            assert two.ledger.keys.key(subject) is None
            assert traces(tmp_path, *VALUES) == []
    assert NAME_ZH in seen.content.decode()
    assert [each["id"] for each in found.body["cases"]] == [case]
    assert after.body["entries"][1]["fields"]["form"] == "erased"
