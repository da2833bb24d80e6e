"""A person restricted, then erased: nothing of them can be read or found, and all proofs hold."""

import logging
import sqlite3
from contextlib import closing

from ledger.audit import audit
from ledger.opening import all_views
from ledger.projections.rebuilding import rebuild
from tests.service.persons import (
    FINDING,
    LOOSE,
    NAME_ZH,
    UPLOAD,
    VALUES,
    closed_case,
    traces,
    verified,
)
from tests.service.running import running

GROUND = {"basis": "pipl-47"}


def operator(service):
    return service.session("operator", channel="system")


async def subject_of(service, case):
    answer = await service.supervisor.get(f"/v1/cases/{case}")
    return answer.body["case"]["subject"]


async def erased(service, subject):
    staff = operator(service)
    assert (await staff.post(f"/v1/subjects/{subject}/restriction", GROUND)).status == 200
    answer = await staff.post(f"/v1/subjects/{subject}/erasure", GROUND)
    assert answer.status == 200, answer.body
    assert answer.body["finished"]
    return answer


def wrapped_key(home, subject):
    with closing(sqlite3.connect(home.subject_keys())) as keys:
        row = keys.execute("SELECT wrapped FROM subject_keys WHERE subject = ?", (subject,))
        return row.fetchone()[0]


async def test_no_file_holds_anything_of_a_person_erased_and_every_proof_holds(tmp_path, caplog):
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
