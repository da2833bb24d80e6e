"""Materials over HTTP: whole, of a type we take, for their owner, or not there at all."""

import asyncio
from hashlib import sha256
from io import BytesIO

import pytest
from aiohttp import ClientError

from ledger.stores.materials import LIMIT
from tests.service.visitor import PDF

LARGE = PDF + b"\n" * 300_000
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89"


def files(service):
    return [path for path in service.home.materials.rglob("*") if path.is_file()]


def url(content):
    return f"/v1/materials/{sha256(content).hexdigest()}"


async def put(visitor, content, path=None):
    data = BytesIO(content) if isinstance(content, bytes) else content
    return await visitor.call("PUT", path or url(content), data=data)


@pytest.mark.parametrize(
    ("content", "media_type"), [(PDF, "application/pdf"), (PNG, "image/png")]
)
async def test_an_upload_comes_back_as_it_was_and_is_only_downloaded(
    service, content, media_type
):
    applicant = await service.applicant()

    stored = await put(applicant, content)
    fetched = await applicant.get(url(content))

    digest = sha256(content).hexdigest()
    assert stored.status == 201
    assert stored.body == {"digest": digest, "size": len(content), "media_type": media_type}
    assert fetched.content == content
    assert fetched.headers["Content-Type"] == media_type
    assert fetched.headers["Content-Disposition"] == "attachment"
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"
    assert fetched.headers["Cache-Control"] == "private, no-store"
    assert fetched.headers["ETag"] == f'"{digest}"'
    assert not any(content in path.read_bytes() for path in files(service))


async def test_the_deciding_office_fetches_what_a_case_brought_last(service):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")
    clerk = service.official("clerk")
    await clerk.act(case_id, "correction-requests", {"deficiencies": {"application-form": "?"}})
    second = await applicant.upload(PNG)
    await applicant.act(case_id, "corrections", {"materials": {"application-form": second}})

    fetched = await clerk.get(f"/v1/cases/{case_id}/materials/application-form")
    absent = await clerk.get(f"/v1/cases/{case_id}/materials/layout-plan")

    assert fetched.content == PNG
    assert (absent.status, absent.problem) == (404, "material-not-found")


async def test_asking_for_the_headers_of_a_material_sends_no_byte_of_it(service):
    applicant = await service.applicant()
    await put(applicant, LARGE)

    asked = await applicant.call("HEAD", url(LARGE))
    after = await applicant.get(url(LARGE))

    assert (asked.status, asked.content) == (200, b"")
    assert asked.headers["Content-Length"] == str(len(LARGE))
    assert after.content == LARGE


@pytest.mark.parametrize(
    ("content", "path", "told"),
    [
        (b"MZ\x90\0 a programme", None, "only PDF, PNG and JPEG"),
        (b"<!doctype html><script>alert(1)</script>", None, "only PDF, PNG and JPEG"),
        (b"", None, "only PDF, PNG and JPEG"),
        (PDF, url(PNG), "not what its digest says"),
        (PDF + bytes(LIMIT), None, "bytes at most"),
    ],
    ids=["a programme", "a page", "nothing", "another digest", "too large"],
)
async def test_an_upload_that_is_not_accepted_leaves_nothing(service, content, path, told):
    applicant = await service.applicant()

    refused = await put(applicant, content, path)

    assert (refused.status, refused.problem) == (422, "material-refused")
    assert told in refused.body["detail"]
    assert files(service) == []
    assert (await applicant.get(path or url(content))).status == 404


async def test_an_upload_broken_off_leaves_nothing_and_alarms_nobody(service, caplog):
    applicant = await service.applicant()
    begun = asyncio.Event()

    async def broken():
        yield LARGE[:200_000]
        while not files(service):  # noqa: ASYNC110 (only the folder tells)
            await asyncio.sleep(0.01)
        begun.set()
        raise ConnectionResetError

    with pytest.raises((ClientError, ConnectionResetError)):
        await put(applicant, broken(), url(LARGE))
    async with asyncio.timeout(5):
        while files(service):  # noqa: ASYNC110 (only the folder tells)
            await asyncio.sleep(0.01)

    assert begun.is_set()
    assert (await applicant.get(url(LARGE))).status == 404
    assert "ERROR" not in {record.levelname for record in caplog.records}


async def test_an_upload_that_comes_in_pieces_is_one(service):
    applicant = await service.applicant()

    async def slowly():
        for start in range(0, len(LARGE), 50_000):
            yield LARGE[start : start + 50_000]
            await asyncio.sleep(0.005)

    stored = await put(applicant, slowly(), url(LARGE))

    assert stored.status == 201
    assert (await applicant.get(url(LARGE))).content == LARGE


async def test_a_damaged_material_is_broken_off_and_never_passed_off_as_whole(service):
    applicant = await service.applicant()
    await put(applicant, LARGE)
    [path] = files(service)
    damaged = bytearray(path.read_bytes())
    damaged[-10] ^= 1
    path.write_bytes(damaged)

    with pytest.raises(ClientError):
        await applicant.get(url(LARGE))

    assert (await applicant.get("/v1/cases")).status == 200


@pytest.mark.parametrize("digest", ["x", "AB" * 32, "ab" * 31, "ab" * 33, "g" * 64])
async def test_a_digest_that_is_none_is_named(service, digest):
    applicant = await service.applicant()

    for method in ("PUT", "GET"):
        answer = await applicant.call(method, f"/v1/materials/{digest}")
        assert (answer.status, answer.body["field"]) == (400, "digest")


async def test_materials_are_brought_by_applicants_only(service):
    for visitor in (service.official("clerk"), service.supervisor, service.session("operator")):
        for method in ("PUT", "GET"):
            answer = await visitor.call(method, url(PDF))
            assert (answer.status, answer.problem) == (403, "not-allowed")
    assert (await put(service.anyone, PDF)).status == 401
    assert files(service) == []
