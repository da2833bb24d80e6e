"""Materials in part: any range is the bytes that are there, and never another's."""

from random import Random

import pytest

from tests.service.visitor import PDF

pytestmark = pytest.mark.asyncio(loop_scope="session")
CONTENT = PDF + Random(7).randbytes(200_000)
SIZE = len(CONTENT)


@pytest.fixture
def service(shared):
    return shared


async def uploaded(service):
    applicant = await service.applicant()
    digest = await applicant.upload(CONTENT)
    return applicant, f"/v1/materials/{digest}", f'"{digest}"'


async def test_a_part_is_the_bytes_that_were_asked_for(service):
    applicant, path, tag = await uploaded(service)
    asked = {
        "bytes=0-0": (0, 1),
        "bytes=0-": (0, SIZE),
        "bytes=65535-65536": (65_535, 65_537),
        "bytes=65536-131071": (65_536, 131_072),
        f"bytes=100000-{SIZE + 5}": (100_000, SIZE),
        "bytes=-1": (SIZE - 1, SIZE),
        f"bytes=-{SIZE * 2}": (0, SIZE),
        f"bytes={SIZE - 1}-": (SIZE - 1, SIZE),
    }

    for said, (start, stop) in asked.items():
        part = await applicant.get(path, headers={"Range": said})
        assert (part.status, part.content) == (206, CONTENT[start:stop]), said
        assert part.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"
        assert part.headers["ETag"] == tag


@pytest.mark.parametrize(
    "said", [f"bytes={SIZE}-", f"bytes={SIZE + 9}-{SIZE + 10}", "bytes=-0"]
)
async def test_a_part_that_is_not_there_is_refused_with_the_size(service, said):
    applicant, path, _ = await uploaded(service)

    refused = await applicant.get(path, headers={"Range": said})

    assert refused.status == 416
    assert refused.headers["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(
    "said", ["bytes=0-1,5-6", "lines=1-2", "bytes=5-2", "bytes=x-", "bytes", "bytes=--1"]
)
async def test_what_is_no_single_range_of_bytes_gets_all_of_it(service, said):
    applicant, path, _ = await uploaded(service)

    whole = await applicant.get(path, headers={"Range": said})

    assert (whole.status, whole.content) == (200, CONTENT)
    assert whole.headers["Accept-Ranges"] == "bytes"


async def test_a_part_of_something_else_by_now_is_all_of_it(service):
    applicant, path, tag = await uploaded(service)
    first = {"Range": "bytes=0-0"}

    same = await applicant.get(path, headers={**first, "If-Range": tag})
    other = await applicant.get(path, headers={**first, "If-Range": '"another"'})
    weak = await applicant.get(path, headers={**first, "If-Range": f"W/{tag}"})

    assert [each.status for each in (same, other, weak)] == [206, 200, 200]


async def test_what_one_has_is_not_sent_again_and_a_head_has_no_part(service):
    applicant, path, tag = await uploaded(service)

    again = await applicant.get(path, headers={"If-None-Match": tag, "Range": "bytes=0-0"})
    head = await applicant.call("HEAD", path, headers={"Range": "bytes=0-0"})

    assert (again.status, again.content) == (304, b"")
    assert (head.status, head.headers["Content-Length"]) == (200, str(SIZE))


async def test_nobody_gets_a_part_of_what_they_may_not_have(service):
    _, path, tag = await uploaded(service)
    other = await service.applicant()

    for headers in ({"Range": "bytes=0-0"}, {"If-None-Match": tag}, {"If-None-Match": "*"}):
        refused = await other.get(path, headers=headers)
        assert (refused.status, refused.problem) == (404, "material-not-found")
