"""A partner's log is looked at where anyone can, and judged by its own tiles alone."""

from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiohttp import ClientSession, web

from cose import ED25519, Ed25519Signer, KeyRecord
from ledger.http import WITNESS
from ledger.transparency import (
    CHECKPOINT,
    LOG,
    AddCheckpoint,
    Checkpoint,
    NoteKey,
    leaf_hash,
    root_of,
    sign_checkpoint,
)
from service.partner_logs import PartnerLogs
from service.watching import Watching
from tests.service.running import MORNING, running, serving

ORIGIN = "gx.example/log"
SIGNER = Ed25519Signer(bytes([7]) * 32)
RECORD = KeyRecord(
    public_key=SIGNER.public_key,
    algorithm=ED25519,
    not_before=MORNING,
    expires=MORNING.replace(year=2030),
    use=frozenset({CHECKPOINT}),
)
HONEST = [b"%d" % n for n in range(12)]
OTHER = [*HONEST[:2], *(b"other %d" % n for n in range(10))]


@dataclass(frozen=True)
class Set:
    origin: str
    records: tuple[KeyRecord, ...]


def head(leaves, *more):
    root = root_of(map(leaf_hash, leaves))
    return sign_checkpoint(Checkpoint(ORIGIN, len(leaves), root, more), SIGNER)


@asynccontextmanager
async def showing(leaves, tiles=None, more=()):
    """A log that shows `leaves`, and another's tiles where it is told to."""

    async def checkpoint(_):
        return web.Response(body=head(leaves, *more))

    async def tile(_):
        return web.Response(body=b"".join(map(leaf_hash, tiles or leaves)))

    app = web.Application()
    app.router.add_get("/log/checkpoint", checkpoint)
    app.router.add_get("/log/tile/{tile:.+}", tile)
    async with serving(app) as url:
        yield url


@asynccontextmanager
async def watching(folder, cosigned, url):
    """Our service, which cosigned the first entries of an honest log at `url`."""
    key = NoteKey(ORIGIN, LOG, SIGNER.public_key)
    async with (
        running(folder, watched={ORIGIN: (key,)}) as service,
        ClientSession() as client,
    ):
        root = root_of(map(leaf_hash, HONEST[:cosigned]))
        request = AddCheckpoint(
            old_size=0,
            path=(),
            note=head(HONEST[:cosigned]),
            checkpoint=Checkpoint(ORIGIN, cosigned, root),
        )
        service.app[WITNESS].add(bytes(request))
        urls = {"CN-GX": url}
        logs = PartnerLogs("own", lambda: {"CN-GX": Set(ORIGIN, (RECORD,))}, lambda: urls)
        witness = service.app[WITNESS]
        watch = Watching(service.ledger, witness, logs, lambda: urls, client, seconds=60)
        yield witness, watch, urls


@pytest.mark.parametrize("cosigned", [5, 8])
async def test_another_history_is_kept_with_both_heads_also_from_a_complete_tree(
    tmp_path, cosigned
):
    async with (
        showing(OTHER) as url,
        watching(tmp_path / "gd", cosigned, url) as (witness, watch, _),
    ):
        for _ in range(2):
            await watch.look()

        assert witness.forks(ORIGIN) == 1
        assert "two histories" in watch.told()["CN-GX"]


@pytest.mark.parametrize("size", [8, 12])
async def test_a_log_that_goes_on_as_it_began_is_no_trouble(tmp_path, size):
    async with (
        showing(HONEST[:size]) as url,
        watching(tmp_path / "gd", 8, url) as (witness, watch, _),
    ):
        await watch.look()

        assert witness.forks() == 0
        assert watch.told() == {}


@pytest.mark.parametrize(
    ("leaves", "tiles", "why"),
    [
        (HONEST[:6], None, "shows 6 entries, and we cosigned 8"),
        (HONEST, OTHER, "tiles do not lead to its head"),
    ],
)
async def test_what_proves_nothing_is_told_and_accuses_nobody(tmp_path, leaves, tiles, why):
    async with (
        showing(leaves, tiles) as url,
        watching(tmp_path / "gd", 8, url) as (witness, watch, _),
    ):
        await watch.look()

        assert witness.forks() == 0
        assert why in watch.told()["CN-GX"]


async def test_a_head_that_is_too_long_to_be_kept_is_told_of(tmp_path):
    async with (
        showing(OTHER, more=("x" * 60_000,)) as url,
        watching(tmp_path / "gd", 8, url) as (_, watch, _),
    ):
        await watch.look()

        assert "more than 4096 bytes" in watch.told()["CN-GX"]


async def test_a_log_that_is_away_is_told_of_as_it_was_found_last(tmp_path):
    async with (
        showing(HONEST[:6]) as url,
        watching(tmp_path / "gd", 8, url) as (_, watch, urls),
    ):
        await watch.look()
        found = watch.told()
        urls["CN-GX"] = "http://127.0.0.1:9"

        await watch.look()

        assert watch.told() == found
