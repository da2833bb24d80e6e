"""Materials come back whole, are held once, and say nothing without their key."""

import asyncio

import pytest

from ledger.errors import MaterialNotFound, MaterialRefused
from ledger.stores import MaterialStore
from ledger.stores.sealed_file import FRAME
from tests.ledger.fakes import Dice
from tests.ledger.stores.uploads import LIMIT, PNG_HEAD, digest_of, files_in, pdf, sent


@pytest.mark.parametrize("size", [20, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME, LIMIT])
@pytest.mark.parametrize("chunk", [1000, FRAME, 3 * FRAME])
async def test_a_material_comes_back_as_it_was_handed_in(store, size, chunk):
    given = pdf(size)

    stored = await store.put("subject-1", sent(given, chunk=chunk), digest=digest_of(given))

    assert (stored.digest, stored.size) == (digest_of(given), size)
    assert stored.media_type == "application/pdf"
    assert store.describe("subject-1", stored.digest) == stored
    assert b"".join(store.read("subject-1", stored.digest)) == given


async def test_a_material_is_there_after_a_restart(store, folder, keys):
    given = PNG_HEAD + bytes(100)
    stored = await store.put("subject-1", sent(given), digest=digest_of(given))

    again = MaterialStore(folder, keys, Dice())

    assert again.describe("subject-1", stored.digest) == stored
    assert b"".join(again.read("subject-1", stored.digest)) == given


async def test_a_person_seen_for_the_first_time_is_given_a_key(store, keys):
    given = pdf()

    await store.put("subject-3", sent(given), digest=digest_of(given))

    assert keys.key("subject-3")
    assert b"".join(store.read("subject-3", digest_of(given))) == given


async def test_the_same_upload_again_is_the_same_material(store, folder):
    given = pdf()
    first = await store.put("subject-1", sent(given), digest=digest_of(given))

    second = await store.put("subject-1", sent(given), digest=digest_of(given))

    assert second == first
    assert len(files_in(folder)) == 1


async def test_two_uploads_of_the_same_at_once_both_succeed(store, folder):
    given = pdf(LIMIT)

    stored = await asyncio.gather(
        *(store.put("subject-1", sent(given), digest=digest_of(given)) for _ in range(2))
    )

    assert stored[0] == stored[1]
    assert b"".join(store.read("subject-1", digest_of(given))) == given
    assert len(files_in(folder)) == 1


async def test_a_reader_keeps_its_material_while_it_is_stored_again(store):
    given = pdf(LIMIT)
    await store.put("subject-1", sent(given), digest=digest_of(given))
    reading = store.read("subject-1", digest_of(given))
    read = next(reading)

    await store.put("subject-1", sent(given), digest=digest_of(given))

    assert read + b"".join(reading) == given


async def test_another_person_finds_nothing_under_the_same_digest(store):
    given = pdf()
    await store.put("subject-1", sent(given), digest=digest_of(given))

    with pytest.raises(MaterialNotFound):
        store.describe("subject-2", digest_of(given))
    with pytest.raises(MaterialNotFound):
        store.read("subject-2", digest_of(given))


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "0" * 64, "\ud800", "A" * 10_000])
def test_a_digest_nobody_handed_in_is_not_found(store, digest):
    with pytest.raises(MaterialNotFound):
        store.read("subject-1", digest)


async def test_one_material_of_two_people_is_two_unlike_files(store, folder):
    given = pdf()

    await store.put("subject-1", sent(given), digest=digest_of(given))
    await store.put("subject-2", sent(given), digest=digest_of(given))

    one, other = files_in(folder)
    assert one.name != other.name
    assert not _windows(one.read_bytes()) & _windows(other.read_bytes())


async def test_no_file_or_name_says_anything_of_the_content(store, folder):
    given = pdf(LIMIT)

    await store.put("subject-1", sent(given), digest=digest_of(given))

    [file] = files_in(folder)
    name = str(file.relative_to(folder))
    assert not _windows(given) & _windows(file.read_bytes())
    # The whole name of its type: three letters alone turn up in ciphertext by chance.
    assert b"application/pdf" not in file.read_bytes()
    assert digest_of(given)[:8] not in name.replace("/", "")
    assert "subject" not in name


def _windows(content):
    return {content[start : start + 8] for start in range(len(content) - 7)}


async def test_a_material_is_gone_with_its_key_and_takes_no_other_after(store, keys):
    given = pdf()
    await store.put("subject-1", sent(given), digest=digest_of(given))

    keys.erase("subject-1")

    with pytest.raises(MaterialNotFound):
        store.read("subject-1", digest_of(given))
    with pytest.raises(MaterialRefused, match="erased"):
        await store.put("subject-1", sent(given), digest=digest_of(given))


async def test_a_type_is_seen_although_it_arrives_byte_by_byte(store):
    given = pdf(300)

    stored = await store.put("subject-1", sent(given, chunk=1), digest=digest_of(given))

    assert stored.media_type == "application/pdf"


async def test_other_work_goes_on_between_any_two_frames_written(store):
    given = pdf(LIMIT)
    turns, seen = 0, []

    async def other_work():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def watched():
        async for chunk in sent(given, chunk=FRAME):
            seen.append(turns)
            yield chunk

    working = asyncio.ensure_future(other_work())
    await store.put("subject-1", watched(), digest=digest_of(given))
    working.cancel()

    assert len(seen) == LIMIT // FRAME
    assert sorted(set(seen)) == seen
