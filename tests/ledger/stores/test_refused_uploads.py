"""An upload that is refused, broken off or cannot be written leaves nothing behind."""

import asyncio
import os
import resource
from threading import Event

import pytest

from ledger.errors import HomeUnusable, MaterialRefused
from ledger.stores import MaterialStore
from ledger.stores.sealed_file import FRAME
from tests.ledger.fakes import Dice
from tests.ledger.stores.uploads import LIMIT, digest_of, files_in, pdf, sent


async def test_a_material_too_large_is_refused(store, folder):
    given = pdf(LIMIT + 1)

    with pytest.raises(MaterialRefused, match=f"{LIMIT} bytes at most"):
        await store.put("subject-1", sent(given), digest=digest_of(given))

    assert files_in(folder) == []


async def test_a_stream_longer_than_it_said_is_cut_off_at_the_limit(store, folder):
    drawn = 0

    async def endless():
        nonlocal drawn
        while True:
            drawn += FRAME
            yield pdf(FRAME)

    with pytest.raises(MaterialRefused, match="at most"):
        await store.put("subject-1", endless(), digest="0" * 64)

    assert drawn <= LIMIT + FRAME
    assert files_in(folder) == []


@pytest.mark.parametrize(
    "digest",
    [digest_of(b"another"), digest_of(pdf()).upper(), digest_of(pdf())[:-1], "", "\ud800"],
    ids=["another", "upper case", "short", "none", "no text"],
)
async def test_content_that_is_not_what_its_digest_says_is_refused(store, folder, digest):
    with pytest.raises(MaterialRefused, match="digest"):
        await store.put("subject-1", sent(pdf()), digest=digest)

    assert files_in(folder) == []


@pytest.mark.parametrize("content", [b"", b"<html>" * 100, b"MZ" * FRAME])
async def test_a_type_nobody_accepts_is_refused(store, folder, content):
    with pytest.raises(MaterialRefused, match="only PDF"):
        await store.put("subject-1", sent(content), digest=digest_of(content))

    assert files_in(folder) == []


async def test_a_refused_upload_leaves_the_stored_material_as_it_was(store):
    given = pdf()
    await store.put("subject-1", sent(given), digest=digest_of(given))

    with pytest.raises(MaterialRefused):
        await store.put("subject-1", sent(given + b"more"), digest=digest_of(given))

    assert b"".join(store.read("subject-1", digest_of(given))) == given


async def test_a_client_that_breaks_off_leaves_nothing_behind(store, folder):
    async def broken():
        yield pdf(2 * FRAME)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await store.put("subject-1", broken(), digest="0" * 64)

    assert files_in(folder) == []


@pytest.mark.parametrize("turns", range(0, 12))
async def test_an_upload_that_is_cancelled_leaves_nothing_behind(store, folder, turns):
    given = pdf(LIMIT)
    upload = asyncio.ensure_future(
        store.put("subject-1", sent(given, chunk=FRAME), digest="not reached")
    )
    for _ in range(turns):
        await asyncio.sleep(0.0002)

    upload.cancel()

    with pytest.raises((asyncio.CancelledError, MaterialRefused)):
        await upload
    assert files_in(folder) == []


async def test_a_step_begun_is_ended_before_a_cancelled_upload_returns(folder, keys):
    begun, may_end = Event(), Event()

    def slow(size):
        begun.set()
        may_end.wait(timeout=2)
        return bytes(size)

    given = pdf()
    store = MaterialStore(folder, keys, slow)
    upload = asyncio.ensure_future(store.put("subject-1", sent(given), digest=digest_of(given)))
    await asyncio.to_thread(begun.wait, 2)

    upload.cancel()
    await asyncio.sleep(0.01)
    returned_early = upload.done()
    may_end.set()

    with pytest.raises(asyncio.CancelledError):
        await upload
    assert not returned_early
    assert b"".join(store.read("subject-1", digest_of(given))) == given
    assert len(files_in(folder)) == 1


def test_what_an_earlier_process_left_unfinished_is_removed_after_a_day(store, folder, keys):
    abandoned, under_way = folder / "abandoned.part", folder / "under-way.part"
    abandoned.write_bytes(b"half")
    under_way.write_bytes(b"half, as another server is still writing it")
    long_ago = abandoned.stat().st_mtime - 25 * 3600
    os.utime(abandoned, (long_ago, long_ago))

    MaterialStore(folder, keys, Dice())

    assert files_in(folder) == [under_way]


async def test_a_disk_that_is_full_is_told_as_such(store, folder, small_disk):
    given = pdf(LIMIT)

    with pytest.raises(HomeUnusable, match="cannot be written"):
        await store.put("subject-1", sent(given), digest=digest_of(given))

    assert files_in(folder) == []


@pytest.fixture
def small_disk():
    """No file may grow beyond a frame for as long as the test lasts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FRAME, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_folder_that_cannot_be_made_is_refused(tmp_path, keys):
    (tmp_path / "materials").write_bytes(b"a file stands here")

    with pytest.raises(HomeUnusable, match="materials cannot be kept"):
        MaterialStore(tmp_path / "materials", keys, Dice())
