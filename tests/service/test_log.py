"""The log over HTTP: heads and tiles for anyone, receipts and bundles for who may read."""

import pytest

from ledger.transparency import (
    BundleRefused,
    LogKeys,
    NoteRefused,
    Tile,
    TileNodes,
    decode_entries,
    leaf_hash,
    open_checkpoint,
    root_at,
    verify_bundle,
    verify_receipt,
)
from tests.service.running import MORNING

LAST = 256


@pytest.fixture
async def case(service):
    applicant = await service.applicant()
    return applicant, f"/v1/cases/{await service.apply(applicant, 'application-form')}"


def keys(service):
    return service.ledger.published.keys


async def signed(service):
    answer = await service.anyone.get("/log/checkpoint")
    at = service.clock.now
    return open_checkpoint(answer.content, keys(service).for_checkpoint(at)).checkpoint


async def test_every_commit_is_under_a_signed_head(service, case):
    checkpoint = await signed(service)

    assert checkpoint.size == service.ledger.head
    assert checkpoint.root == service.ledger.recorder.frontier().root


async def test_a_head_signed_by_another_log_is_not_this_ones(service, case):
    answer = await service.anyone.get("/log/checkpoint")

    with pytest.raises(NoteRefused):
        open_checkpoint(answer.content, LogKeys("other.example", ()).for_checkpoint(MORNING))


async def test_the_root_follows_from_tiles_that_anyone_can_fetch(service, case):
    checkpoint = await signed(service)
    tiles = {}
    tile = Tile(0, 0, checkpoint.size)
    answer = await service.anyone.get(f"/log/{tile.path}")
    tiles[tile.level, tile.index, tile.width] = answer.content

    nodes = TileNodes(checkpoint.size, lambda *which: tiles[which])

    assert root_at(checkpoint.size, nodes) == checkpoint.root
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("width", [1, 2, 3])
async def test_a_partial_tile_stays_what_it_was_when_the_log_has_grown(service, case, width):
    size = (await signed(service)).size
    assert width < size

    full = await service.anyone.get(f"/log/{Tile(0, 0, size).path}")
    part = await service.anyone.get(f"/log/{Tile(0, 0, width).path}")

    assert part.content == full.content[: width * 32]
    for answer in (full, part):
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert "immutable" in answer.headers["Cache-Control"]


async def test_a_head_is_text_that_is_soon_asked_for_again(service, case):
    answer = await service.anyone.get("/log/checkpoint")

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=1"


async def test_entries_are_for_supervisors_and_hash_to_the_leaves(service, case):
    applicant, _ = case
    size = service.ledger.head
    path = f"/log/{Tile(-1, 0, size).path}"

    assert (await service.anyone.get(path)).status == 401
    assert (await applicant.get(path)).status == 403
    entries = decode_entries((await service.supervisor.get(path)).content, size)

    tile = await service.anyone.get(f"/log/{Tile(0, 0, size).path}")
    assert b"".join(map(leaf_hash, entries)) == tile.content


@pytest.mark.parametrize("tile", ["0/0", "0/000.p/0", "0/../keys", "64/000", "entries/1"])
async def test_a_tile_of_no_log_is_refused(service, tile):
    answer = await service.supervisor.get(f"/log/tile/{tile}")

    assert answer.status in (400, 404)


async def test_a_tile_beyond_the_head_is_not_there_yet(service, case):
    answer = await service.anyone.get(f"/log/{Tile(0, 0, LAST).path}")

    assert (answer.status, answer.problem) == (404, "not-published")


async def test_an_entry_has_a_receipt_that_verifies(service, case):
    applicant, path = case
    entry = [*service.ledger.notifications(0)][-1].state

    answer = await applicant.get(f"{path}/receipts/2")

    receipt = verify_receipt(answer.content, entry, keys(service))
    assert (receipt.size, receipt.root) == (
        service.ledger.head,
        service.ledger.recorder.frontier().root,
    )


async def test_a_bundle_proves_its_entry_offline_and_no_other(service, case):
    applicant, path = case
    bundle = (await applicant.get(f"{path}/bundles/2")).content

    proven = verify_bundle(bundle, keys(service))

    assert proven.trusted
    assert proven.entry == [*service.ledger.notifications(0)][-1].state
    for place in (10, len(bundle) // 2, len(bundle) - 1):
        altered = bytearray(bundle)
        altered[place] ^= 1
        with pytest.raises(BundleRefused):
            verify_bundle(bytes(altered), keys(service))


@pytest.mark.parametrize("what", ["receipts", "bundles"])
async def test_proofs_are_for_whoever_may_read_the_case(service, case, what):
    _, path = case

    assert (await service.anyone.get(f"{path}/{what}/1")).status == 401
    assert (await (await service.applicant()).get(f"{path}/{what}/1")).status == 404
    assert (await service.supervisor.get(f"{path}/{what}/1")).status == 200
    absent = await service.supervisor.get(f"{path}/{what}/99")
    assert (absent.status, absent.problem) == (404, "entry-not-found")


async def test_a_tile_that_is_too_wide_is_told_in_the_words_it_was_asked_in(service):
    refused = await service.supervisor.get("/log/tile/entries/000.p/300")

    assert refused.status == 400
    assert "-1" not in refused.body["detail"]
    assert "no log has entries at 0 of width 300" in refused.body["detail"]
