"""Our own keys exchanged in the middle of use: nothing that was signed before is lost."""

import asyncio
import secrets
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.panprd.client import SIGNED_KEYS_TYPE
from cose import Ed25519Signer
from identity.errors import KeyMissing, TokenRefused
from identity.key_set import LIFETIME, read_key_set, root_record, sign_key_set
from ledger.errors import HomeUnusable
from ledger.home import replace_durably
from server import open_sessions
from service.key_publishing import Publisher, set_file
from service.key_uses import CACHE_TIME, USES, use_of
from service.key_watch import KEY_WATCH, keys_beside
from service.own_keys import state_of
from service.own_root import make_root, move_root, root_of
from tests.ledger.ledgers import SetClock
from tests.service.neighbours import GD, GX, ask, guangxi, send
from tests.service.running import MORNING, running

MINUTE = timedelta(minutes=1)


def publisher(service, region=GD, root=None):
    """What `tongban keys` does beside a running service."""
    return Publisher(
        home=service.home,
        region=region,
        root=root or root_of(service.home),
        origin=service.ledger.published.keys.origin,
        also=keys_beside(service.home, service.ledger),
        now=service.clock.now,
        random=secrets.token_bytes,
    )


def look(service):
    watch = service.app[KEY_WATCH]
    watch.look()
    assert watch.trouble is None
    return watch


def states(service, use):
    records = [r for r in service.app[KEY_WATCH].keys.records if use_of(r) == use]
    return [state_of(r, records, service.clock.now) for r in records]


def published(service):
    return [e.event for e in service.ledger.read(0) if e.name == "region.keys_published.v1"]


async def signed_set(service):
    answer = await service.anyone.get(
        "/.well-known/cose-keys", headers={"Accept": SIGNED_KEYS_TYPE}
    )
    assert answer.headers["Content-Type"] == SIGNED_KEYS_TYPE
    return answer.content


async def test_what_is_published_is_signed_by_the_root_and_recorded(service):
    token = await signed_set(service)

    roots = [root_record(root_of(service.home).public_key)]
    keys = read_key_set(token, issuer=GD, roots=roots, now=MORNING)
    assert {use_of(r) for r in keys.records} == {"region", "box", "paper", "log", "witness"}
    assert keys.origin == service.ledger.published.keys.origin
    assert [event.key_set for event in published(service)] == [token]


@pytest.mark.parametrize(
    ("accept", "as_signed"),
    [
        ("application/cose", True),
        ("application/cose;q=1", True),
        ("Application/COSE", True),
        ('application/cose; cose-type="cose-sign1"', True),
        ("application/cose-key-set, application/cose", True),
        ("application/cose-key-set;q=0.5 , application/cose;q=0.9", True),
        ("application/cose-key-set, application/cose;q=0.5", False),
        ("application/cose;q=0", False),
        ("application/cose-key-set", False),
        ("*/*", False),
        ("", False),
    ],
)
async def test_keys_come_signed_to_whoever_asks_for_that_in_any_way(service, accept, as_signed):
    answer = await service.anyone.get("/.well-known/cose-keys", headers={"Accept": accept})

    expected = SIGNED_KEYS_TYPE if as_signed else "application/cose-key-set"
    assert answer.headers["Content-Type"] == expected
    assert answer.headers["Vary"] == "Accept"


async def test_a_new_key_is_published_at_once_and_signs_once_it_can_be_known(tmp_path):
    async with guangxi(tmp_path) as (gx, _):
        watch, before = gx.app[KEY_WATCH], gx.app[KEY_WATCH].own.signer("region").public_key
        publisher(gx, GX).rotate("region")
        look(gx)

        assert len(published(gx)) == 2
        assert states(gx, "region") == ["current", "next"]
        assert watch.own.signer("region").public_key == before
        gx.clock.now += CACHE_TIME

        assert states(gx, "region") == ["retiring", "current"]
        assert watch.own.signer("region").public_key != before
        gx.clock.now += USES["region"].overlap

        assert states(gx, "region") == ["retired", "current"]


async def test_answers_go_on_while_the_region_key_and_the_box_are_exchanged(tmp_path):
    async with guangxi(tmp_path) as (gx, by):
        asked = ask(by)
        for use in ("region", "box"):
            publisher(gx, GX).rotate(use)
            look(gx)
        gx.clock.now += CACHE_TIME
        known = replace(by, trust=by.trust.with_issuer(GX, gx.app[KEY_WATCH].keys.records))
        second = ask(known, now=gx.clock.now)

        answer = await send(gx, second.token)

        assert answer.status == 200
        assert known.read(second, answer.content, now=gx.clock.now)
        assert second.request.sealed.kid != asked.request.sealed.kid
        with pytest.raises(TokenRefused, match="no key of this issuer"):
            by.read(second, answer.content, now=gx.clock.now)


async def test_a_box_sealed_to_the_old_key_still_opens(tmp_path):
    async with guangxi(tmp_path) as (gx, by):
        asked = ask(by)
        publisher(gx, GX).rotate("box")
        look(gx)

        answer = await send(gx, asked.token)

        assert answer.status == 200
        assert by.read(asked, answer.content, now=gx.clock.now)


async def test_a_revoked_key_signs_no_more_and_what_it_signed_before_is_judged_by_its_time(
    tmp_path,
):
    async with guangxi(tmp_path) as (gx, by):
        asked = ask(by)
        answer = (await send(gx, asked.token)).content
        old = next(r for r in gx.app[KEY_WATCH].keys.records if use_of(r) == "region")
        gx.clock.now += MINUTE

        publisher(gx, GX).revoke(old.kid)
        look(gx)

        assert states(gx, "region") == ["revoked", "current"]
        known = replace(by, trust=by.trust.with_issuer(GX, gx.app[KEY_WATCH].keys.records))
        with pytest.raises(TokenRefused, match="not valid at this time"):
            known.read(asked, answer, now=gx.clock.now)
        assert known.read(asked, answer, now=MORNING)
        again = ask(known, now=gx.clock.now)
        assert known.read(again, (await send(gx, again.token)).content, now=gx.clock.now)


async def test_the_secret_of_a_revoked_key_is_destroyed(service):
    old = next(r for r in service.app[KEY_WATCH].keys.records if use_of(r) == "paper")

    publisher(service).revoke(old.kid)

    assert (service.home.keys / "paper").read_bytes() == bytes(32)
    with pytest.raises(HomeUnusable, match="revoked already"):
        publisher(service).revoke(old.kid)
    with pytest.raises(HomeUnusable, match="no key"):
        publisher(service).revoke(bytes(8))


async def test_sessions_go_on_when_their_key_is_exchanged_and_end_when_it_is_revoked(service):
    clerk = service.official("clerk")
    publisher(service).rotate("sessions")
    look(service)
    assert (await clerk.get("/v1/cases")).status == 200

    service.clock.now += CACHE_TIME
    newer = service.official("clerk")
    kids = [k.kid for k in service.app[KEY_WATCH].own.held("sessions")]
    assert (await newer.get("/v1/cases")).status == 200
    assert (await clerk.get("/v1/cases")).status == 200

    publisher(service).revoke(kids[0])
    look(service)

    assert (await newer.get("/v1/cases")).status == 200
    assert (await clerk.get("/v1/cases")).status == 401
    assert open_sessions(service.home, service.edge).signer().public_key


async def test_a_set_that_goes_back_is_not_gone_over_to(service):
    first = set_file(service.home).read_bytes()
    publisher(service).rotate("region")
    keys = look(service).keys
    replace_durably(set_file(service.home), first)

    watch = look(service)

    assert watch.keys == keys
    assert set_file(service.home).read_bytes() == watch.token != first
    assert len(published(service)) == 2


async def test_a_set_of_another_root_or_of_a_region_key_is_not_gone_over_to(service):
    watch = service.app[KEY_WATCH]
    keys = replace(watch.keys, serial=9)
    region = Ed25519Signer(service.home.secret("region"))

    for signer in (Ed25519Signer(bytes([7]) * 32), region):
        replace_durably(set_file(service.home), sign_key_set(keys, signer))
        watch.look()
        assert "not signed by a root" in watch.trouble

    assert watch.keys.serial == 1
    assert len(published(service)) == 1


async def test_a_set_is_signed_anew_before_it_ends_where_the_root_is_at_home(tmp_path):
    clock = SetClock(MORNING)
    async with running(tmp_path / "home", clock) as service:
        clock.now += LIFETIME - timedelta(days=29)

        look(service)

        assert service.app[KEY_WATCH].keys.expires_at == clock.now + LIFETIME
        assert service.app[KEY_WATCH].warnings() == []


async def test_with_the_root_offline_an_end_is_spoken_of_and_nothing_signed(tmp_path):
    clock = SetClock(MORNING)
    async with running(tmp_path / "home", clock) as service:
        move_root(service.home, tmp_path / "root")
        clock.now += LIFETIME - timedelta(days=29)

        watch = look(service)

        assert watch.keys.serial == 1
        assert any("key set ends" in each for each in watch.warnings())
        health = (await service.anyone.get("/health")).body
        assert any("key set ends" in each for each in health["keys"])
        with pytest.raises(HomeUnusable, match="--root"):
            publisher(service)
        root = root_of(service.home, tmp_path / "root")
        publisher(service, root=root).publish()
        assert look(service).keys.serial == 2

    async with running(tmp_path / "home", clock) as service:
        assert service.app[KEY_WATCH].keys.serial == 2


async def test_a_root_of_another_home_signs_nothing_here(tmp_path):
    async with running(tmp_path / "home") as service:
        move_root(service.home, tmp_path / "root")
        (tmp_path / "other").write_bytes(bytes([7]) * 32)
        (tmp_path / "short").write_bytes(bytes(31))

        with pytest.raises(HomeUnusable, match="not the root of this home"):
            root_of(service.home, tmp_path / "other")
        with pytest.raises(HomeUnusable, match="not 32 bytes"):
            root_of(service.home, tmp_path / "short")


async def test_a_root_is_never_written_over_what_is_there(tmp_path):
    async with running(tmp_path / "home") as service:
        (tmp_path / "root").write_text("precious")

        with pytest.raises(HomeUnusable, match="cannot be written"):
            move_root(service.home, tmp_path / "root")

        assert (tmp_path / "root").read_text() == "precious"
        assert root_of(service.home)


def go_back(home, root, keys=None):
    """Let the home be as before its root announced another, but for its set, or with it."""
    (home.keys / "root.pub").unlink()
    (home.keys / "root").write_bytes(root)
    if keys is not None:
        replace_durably(set_file(home), keys)


async def test_an_announcement_that_was_cut_short_is_finished_by_the_service(tmp_path):
    async with running(tmp_path / "home") as service:
        home, old, file = service.home, service.home.secret("root"), tmp_path / "next"
        publisher(service).announce(make_root(file, secrets.token_bytes))
        go_back(home, old)

        with pytest.raises(HomeUnusable, match="announced another"):
            publisher(service).publish()
        look(service)

        assert not (home.keys / "root").exists()
        following = root_of(home, file)
        publisher(service, root=following).publish()
        assert look(service).keys.serial == 3
        assert (home.keys / "root.pub").read_bytes() == following.public_key


async def test_another_server_hears_of_the_next_root_from_the_log(tmp_path):
    async with running(tmp_path / "home") as service:
        home, old, file = service.home, service.home.secret("root"), tmp_path / "next"
        first = set_file(home).read_bytes()
        publisher(service).announce(make_root(file, secrets.token_bytes))
        look(service)
        go_back(home, old, first)

        watch = look(service)

        assert watch.keys.serial == 2
        assert watch.keys.roots == (root_record(root_of(home, file).public_key),)
        assert not (home.keys / "root").exists()


async def test_a_root_is_announced_to_no_file_that_is_there(tmp_path):
    (tmp_path / "next").write_text("precious")

    with pytest.raises(HomeUnusable, match="cannot be written"):
        make_root(tmp_path / "next", secrets.token_bytes)

    assert (tmp_path / "next").read_text() == "precious"


async def test_without_a_key_that_counts_nothing_is_signed(service):
    service.clock.now += timedelta(days=800)

    with pytest.raises(KeyMissing, match="no region key"):
        service.app[KEY_WATCH].own.signer("region")
    assert any("region key has ended" in w for w in service.app[KEY_WATCH].warnings())


async def test_the_service_notices_by_itself(service):
    await asyncio.to_thread(publisher(service).rotate, "region")

    async with asyncio.timeout(10):
        await asyncio.to_thread(_wait, lambda: service.app[KEY_WATCH].keys.serial > 1)

    assert len(published(service)) == 2


def _wait(until):
    while not until():
        time.sleep(0.05)
