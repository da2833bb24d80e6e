"""Exports over HTTP: to whom, of what, and the same again."""

import csv
import io
import json

import pytest

from ledger.exporting import FORMATS
from tests.service.running import AUTHORITY, ELSEWHERE, FORM

EXPORT = ("read", "export")


@pytest.fixture
async def cases(service):
    """Two cases of two people, at one authority."""
    people = [await service.applicant() for _ in range(2)]
    return [(each, await service.apply(each, "application-form")) for each in people]


def told(answer):
    assert answer.status == 200, answer.body
    return list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))


async def exported(visitor, format="csv", **asked):
    return await visitor.get(f"/v1/exports/{format}", params=asked)


async def test_a_supervisor_has_every_case_with_what_is_personal_sealed(service, cases):
    for format in FORMATS.values():
        answer = await exported(service.supervisor, format.name)

        content = answer.content.decode(errors="replace")
        assert answer.status == 200
        assert answer.headers["Content-Type"] == format.media_type
        assert f".{format.suffix}" in answer.headers["Content-Disposition"]
        for _, case_id in cases:
            assert case_id in content
        for personal in FORM.values():
            assert personal not in content


async def test_an_official_has_the_cases_of_their_authority_with_the_scope_for_it(
    service, cases
):
    def clerk(authority, scopes=EXPORT):
        return service.session("clerk", authority=authority, scopes=scopes)

    ours = told(await exported(clerk(AUTHORITY)))
    elsewhere = told(await exported(clerk(ELSEWHERE)))
    refused = await exported(service.official("clerk"))

    assert {row["case"] for row in ours} == {case_id for _, case_id in cases}
    assert elsewhere == []
    assert refused.status == 403


async def test_applicants_export_nothing_but_have_a_copy(service, cases):
    applicant, _ = cases[0]

    assert (await exported(applicant)).status == 403
    assert (await exported(service.anyone)).status == 401


async def test_an_export_is_narrowed_like_the_list(service, cases):
    supervisor = service.supervisor
    subject = told(await exported(supervisor))[0]["subject"]

    of_one = told(await exported(supervisor, subject=subject))

    assert {row["subject"] for row in of_one} == {subject}
    assert told(await exported(supervisor, status="CLOSED")) == []
    assert told(await exported(supervisor, register="none")) == []
    assert told(await exported(supervisor, authority=ELSEWHERE)) == []
    assert (await exported(supervisor, state="CLOSED")).problem == "bad-request"
    assert (await exported(supervisor, "docx")).status == 404


async def test_the_same_position_gives_the_same_bytes_and_is_not_sent_twice(service, cases):
    supervisor = service.supervisor
    before = [await exported(supervisor, format) for format in FORMATS]
    applicant, case_id = cases[0]
    assert (await applicant.act(case_id, "withdrawals", {})).status == 200

    for format, first in zip(FORMATS, before, strict=True):
        place, tag = first.headers["Content-Location"], first.headers["ETag"]
        later = await exported(supervisor, format)
        again = await supervisor.get(place)
        seen = await supervisor.get(place, headers={"If-None-Match": tag})

        assert later.content != first.content
        assert later.headers["ETag"] != tag
        assert again.content == first.content
        assert again.headers["ETag"] == tag
        assert (seen.status, seen.content) == (304, b"")


async def test_a_place_that_the_log_has_not_reached_is_not_exported(service, cases):
    answer = await exported(service.supervisor, until_position="1000000")

    assert answer.problem == "view-behind"


async def test_an_export_as_of_a_time_tells_how_it_stood_then(service, cases):
    applicant, case_id = cases[0]
    before = service.ledger.head
    await applicant.act(case_id, "withdrawals", {})

    rows = told(await exported(service.supervisor, until_position=str(before)))

    assert {row["status"] for row in rows} == {"RECEIVED"}
    assert max(int(row["position"]) for row in rows) <= before


async def test_an_export_of_nothing_is_whole_too(service):
    answer = await exported(service.supervisor, "ocel-json")

    assert json.loads(answer.content)["events"] == []
