"""Erasing takes every file of a person, named in a case or not, and nobody else's."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from ledger.errors import MaterialNotFound, MaterialRefused
from tests.ledger.stores.uploads import digest_of, files_in, pdf, sent


async def put(store, subject, content):
    await store.put(subject, sent(content), digest=digest_of(content))
    return digest_of(content)


async def test_whatever_is_held_of_a_person_is_known_by_its_digest(store):
    mine = {await put(store, "subject-1", pdf(size)) for size in (100, 200)}
    await put(store, "subject-2", pdf(300))

    assert set(store.digests("subject-1")) == mine
    assert list(store.digests("subject-3")) == []


async def test_an_erased_persons_files_are_gone_and_nobody_elses(store, folder, keys):
    mine = await put(store, "subject-1", pdf(100))
    theirs = await put(store, "subject-2", pdf(100))

    store.erase("subject-1")
    store.erase("subject-1")
    keys.erase("subject-1")
    store.erase("subject-1")

    assert len(files_in(folder)) == 1
    assert store.describe("subject-2", theirs)
    assert list(store.digests("subject-1")) == []
    with pytest.raises(MaterialNotFound):
        store.describe("subject-1", mine)


async def test_who_is_erased_during_an_upload_leaves_no_file(store, folder, keys):
    content = pdf(200_000)

    async def erased_on_the_way():
        yield content[:150_000]
        store.erase("subject-1")
        keys.erase("subject-1")
        yield content[150_000:]

    with pytest.raises(MaterialRefused, match="erased"):
        await store.put("subject-1", erased_on_the_way(), digest=digest_of(content))

    assert files_in(folder) == []


async def test_two_servers_may_erase_the_same_at_once(store, folder, keys):
    given = pdf()
    await store.put("subject-1", sent(given), digest=digest_of(given))
    [kept] = files_in(folder)
    for _ in range(5):
        for n in range(60):
            kept.parent.mkdir(exist_ok=True)
            (kept.parent / f"{n:064x}").write_bytes(b"sealed")

        with ThreadPoolExecutor(2) as servers:
            erasing = [servers.submit(store.erase, "subject-1") for _ in range(2)]

        assert [each.result() for each in erasing] == [None] * 2
        assert files_in(folder) == []
