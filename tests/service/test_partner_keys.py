"""Whose keys we trust: what a partner's root signed, lately confirmed, and as the log says."""

import asyncio
import secrets
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace as changed

from cose import Ed25519Signer
from identity import Trust
from identity.errors import ProviderUnavailable, TokenRefused
from identity.key_set import LIFETIME, open_key_set, root_record, sign_key_set
from identity.policy import FRESH
from identity.verifier import ASSERTION
from ledger.errors import HomeUnusable
from ledger.region_keys import RegionKeys
from service.key_publishing import read_published
from service.key_uses import CACHE_TIME, use_of
from service.own_keys import state_of
from service.own_root import root_of
from service.partner_keys import AGAIN, EVERY, PARTNER_KEYS, PartnerKeys
from service.partners import PARTNERS, Partner, Partners, read_partners, write_partner
from tests.ledger.ledgers import SetClock
from tests.service.neighbours import GD, GX, HN, partner, publisher
from tests.service.running import MORNING, prepared, running


def now_published(home):
    """The set of Guangxi's home, as a token and read."""
    found = read_published(home, GX)
    assert found is not None
    return found


class Wire:
    """A partner that publishes what it is told to, or is away."""

    def __init__(self, home):
        self.home = home
        self.asked = 0
        self.token = None
        self.away = False
        self.answering = asyncio.Event()
        self.answering.set()

    async def keys_of(self, partner):
        self.asked += bool(partner.root)
        await self.answering.wait()
        if self.away:
            raise ProviderUnavailable("away")
        return self.token or now_published(self.home)[0]


@asynccontextmanager
async def trusting(tmp_path, enrolled=None, wire=None, clock=None):
    """Guangdong, which trusts Guangxi as its root says; nobody but the test looks."""
    clock = clock or SetClock(MORNING)
    gx = prepared(tmp_path / "gx")
    enrolled = enrolled or changed(partner(GX, gx), key_set=None)
    wire = wire or Wire(gx)
    async with running(tmp_path / "gd", clock) as gd:
        trust, partners = Trust({}), Partners({GX: enrolled}, tmp_path / "none")
        recorded = RegionKeys(gd.ledger)
        keys = PartnerKeys(recorded, trust, partners, wire.keys_of, clock)
        yield keys, trust, wire, clock, gd


def kids(trust, use="region"):
    return [record.kid for record in trust.keys_of(GX) if use_of(record) == use]


def accepted(service):
    return [e.event for e in service.ledger.read(0) if e.name == "partner.keys_accepted.v1"]


async def test_a_partners_keys_are_fetched_verified_and_recorded_once(tmp_path):
    async with trusting(tmp_path) as (keys, trust, wire, clock, gd):
        await keys.look()
        clock.now += EVERY
        await keys.look()

        assert wire.asked == 2
        assert len(kids(trust)) == 1
        assert [event.serial for event in accepted(gd)] == [1]
        assert keys.unconfirmed() == []


async def test_a_partner_is_asked_every_few_minutes_and_no_more(tmp_path):
    async with trusting(tmp_path) as (keys, _, wire, clock, _):
        for seconds in (0, 1, 299):
            clock.now = MORNING + timedelta(seconds=seconds)
            await keys.look()

        assert wire.asked == 1


async def test_a_key_we_do_not_know_makes_us_ask_early_and_not_often(tmp_path):
    async with trusting(tmp_path) as (keys, trust, wire, clock, gd):
        await keys.look()
        publisher(GX, wire.home).rotate("region")

        for _ in range(100):
            with pytest.raises(TokenRefused):
                trust.find(GX, secrets.token_bytes(8), ASSERTION.typ)
            await keys.look()
        assert wire.asked == 1
        clock.now += AGAIN
        await keys.look()

        assert wire.asked == 2
        assert len(kids(trust)) == 2
        assert [event.serial for event in accepted(gd)] == [1, 2]


async def test_after_a_restart_with_the_partner_away_its_keys_still_count(tmp_path):
    async with trusting(tmp_path) as (keys, trust, wire, _, _):
        await keys.look()
        known = kids(trust)

    wire.away = True
    async with trusting(tmp_path, wire=wire) as (keys, trust, _, _, gd):
        await keys.look()

        assert kids(trust) == known
        assert keys.unconfirmed() == [GX]
        assert len(accepted(gd)) == 1


async def test_restarts_do_not_make_a_partner_that_stays_away_any_fresher(tmp_path):
    async with trusting(tmp_path) as (keys, trust, wire, clock, _):
        await keys.look()
        [kid] = kids(trust)
    wire.away = True

    counted = []
    for _ in range(3):
        clock.now += timedelta(hours=10)
        async with trusting(tmp_path, wire=wire, clock=clock) as (keys, trust, _, _, _):
            await keys.look()
            record = trust.find(GX, kid, ASSERTION.typ)
            counted.append(record is not None and record.is_valid_at(clock.now))

    assert counted == [True, True, False]


async def test_a_set_that_is_confirmed_for_long_is_recorded_twice_a_day(tmp_path):
    async with trusting(tmp_path) as (keys, _, wire, clock, gd):
        for _ in range(25):
            await keys.look()
            clock.now += timedelta(hours=1)
        assert len(accepted(gd)) == 3
        [kept] = RegionKeys(gd.ledger).accepted(GX, keys.known[GX].partner.root_key)
        assert kept.key_set == now_published(wire.home)[0]
    async with trusting(tmp_path, wire=wire, clock=clock) as (keys, trust, _, _, _):
        assert len(kids(trust)) == 1


async def test_unconfirmed_for_a_day_keys_count_no_more_where_a_revocation_matters(tmp_path):
    async with trusting(tmp_path) as (keys, trust, wire, clock, _):
        await keys.look()
        [kid] = kids(trust)
        wire.away = True
        clock.now += FRESH - timedelta(seconds=1)
        await keys.look()
        assert trust.find(GX, kid, ASSERTION.typ).is_valid_at(clock.now)

        clock.now += timedelta(seconds=1)

        assert not trust.find(GX, kid, ASSERTION.typ).is_valid_at(clock.now)
        assert trust.find(GX, kid, ASSERTION.typ).is_valid_at(MORNING)
        with pytest.raises(TokenRefused, match="no key to seal"):
            trust.sealing_key(GX, clock.now)

        wire.away = False
        clock.now += AGAIN
        await keys.look()

        assert trust.find(GX, kid, ASSERTION.typ).is_valid_at(clock.now)


async def test_a_revoked_key_is_refused_from_its_time_and_counts_for_what_was_before(tmp_path):
    async with trusting(tmp_path) as (keys, trust, wire, clock, _):
        await keys.look()
        [kid] = kids(trust)
        clock.now += EVERY
        publisher(GX, wire.home, clock.now).revoke(kid)
        await keys.look()

        record = trust.find(GX, kid, ASSERTION.typ)

        assert not record.is_valid_at(clock.now)
        assert record.is_valid_at(clock.now - timedelta(seconds=1))


async def test_a_set_that_goes_back_is_refused_also_after_a_restart(tmp_path):
    async with trusting(tmp_path) as (keys, trust, wire, clock, _):
        old = now_published(wire.home)[0]
        publisher(GX, wire.home, clock.now).revoke(
            next(r.kid for r in now_published(wire.home)[1].records if use_of(r) == "region")
        )
        await keys.look()
        known = kids(trust)

    wire.token = old
    async with trusting(tmp_path, wire=wire) as (keys, trust, _, _, gd):
        await keys.look()

        assert kids(trust) == known
        assert keys.unconfirmed() == [GX]
        assert "goes back" in keys.known[GX].trouble
        assert len(accepted(gd)) == 1


@pytest.mark.parametrize("signer", ["another root", "a region key"])
async def test_a_set_that_the_root_did_not_sign_changes_nothing(tmp_path, signer):
    async with trusting(tmp_path) as (keys, trust, wire, clock, gd):
        await keys.look()
        known = kids(trust)
        other = Ed25519Signer(
            bytes([7]) * 32 if signer == "another root" else wire.home.secret("region")
        )
        wire.token = sign_key_set(replace(now_published(wire.home)[1], serial=9), other)
        clock.now += EVERY

        await keys.look()

        assert kids(trust) == known
        assert len(accepted(gd)) == 1


async def test_an_expired_set_is_not_taken(tmp_path):
    clock = SetClock(MORNING + LIFETIME + timedelta(minutes=1))
    async with trusting(tmp_path, clock=clock) as (keys, trust, _, _, gd):
        await keys.look()

        assert kids(trust) == []
        assert accepted(gd) == []


async def test_the_set_seen_at_enrolment_counts_until_another_is_had(tmp_path):
    enrolled = partner(GX, prepared(tmp_path / "gx"))
    wire = Wire(prepared(tmp_path / "gx"))
    wire.away = True
    async with trusting(tmp_path, enrolled, wire) as (_, trust, _, _, gd):
        assert len(kids(trust)) == 1
        assert [event.serial for event in accepted(gd)] == [1]


async def test_a_new_root_that_the_old_one_announced_is_followed(tmp_path):
    new = Ed25519Signer(bytes([8]) * 32)
    async with trusting(tmp_path) as (keys, trust, wire, clock, _):
        now = now_published(wire.home)[1]
        announced = (*now.records, root_record(new.public_key))
        first = replace(now, serial=2, records=announced)
        wire.token = sign_key_set(first, root_of(wire.home))
        await keys.look()
        wire.token = sign_key_set(replace(now, serial=3), new)
        clock.now += EVERY
        await keys.look()
        assert keys.unconfirmed() == []

    async with trusting(tmp_path, wire=wire) as (keys, trust, _, _, gd):
        wire.token = sign_key_set(replace(now, serial=4), root_of(wire.home))
        await keys.look()

        assert keys.unconfirmed() == [GX]
        assert [event.serial for event in accepted(gd)] == [2, 3]
        assert len(kids(trust)) == 1


async def test_another_root_in_the_file_is_another_enrolment(tmp_path):
    async with trusting(tmp_path) as (keys, _, _, _, _):
        await keys.look()

    other = Partner(url="http://127.0.0.1:9", root=Ed25519Signer(bytes(32)).public_key.hex())
    async with trusting(tmp_path, other) as (keys, trust, _, _, _):
        assert kids(trust) == []
        await keys.look()

        assert kids(trust) == []


async def test_partners_come_and_go_while_the_service_runs(tmp_path):
    gx = prepared(tmp_path / "gx")
    enrolled = partner(GX, gx)
    async with running(tmp_path / "gd", SetClock(MORNING)) as gd:
        keys = gd.app[PARTNER_KEYS]
        write_partner(gd.home.folder / "partners", GX, enrolled)
        await keys.look()
        assert GX in keys.known
        assert len(accepted(gd)) == 1

        (gd.home.folder / "partners" / f"{GX}.json").unlink()
        await keys.look()

        assert keys.known == {}


def test_who_goes_through_the_partners_is_not_disturbed_by_who_comes_and_goes(tmp_path):
    folder, enrolled = tmp_path / "partners", partner(GX, prepared(tmp_path / "gx"))
    write_partner(folder, GX, enrolled)
    partners = Partners(read_partners(folder), folder)
    walk = iter(partners.current.items())

    write_partner(folder, HN, enrolled)
    (folder / f"{GX}.json").unlink()

    assert partners.look()
    assert [region for region, _ in walk] == [GX]
    assert [*partners.current] == [HN]


async def test_who_looks_while_a_partner_is_asked_waits_for_its_answer(tmp_path):
    async with trusting(tmp_path) as (keys, trust, wire, _, gd):
        wire.answering.clear()
        first = asyncio.create_task(keys.look())
        await asyncio.sleep(0.05)
        second = asyncio.create_task(keys.look())
        await asyncio.sleep(0.05)
        wire.answering.set()

        await second
        assert kids(trust) != []
        assert len(accepted(gd)) == 1
        await first


async def test_the_log_alone_tells_which_keys_counted_when(tmp_path):
    async with trusting(tmp_path) as (keys, _, wire, clock, gd):
        await keys.look()
        clock.now += EVERY
        publisher(GX, wire.home, clock.now).rotate("region")
        await keys.look()

        roots = [root_record(accepted(gd)[0].root)]
        sets = [open_key_set(e.key_set, issuer=GX, roots=roots) for e in accepted(gd)]
        regions = [[r for r in each.records if use_of(r) == "region"] for each in sets]
        assert [len(each) for each in regions] == [1, 2]
        later = clock.now + CACHE_TIME
        assert [state_of(r, regions[1], later) for r in regions[1]] == ["retiring", "current"]


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"url": "http://x", "root": "00"}',
        b'{"url": "http://x", "root": "' + b"00" * 32 + b'"}',
        b'{"url": "http://x", "root": "zz"}',
        b'{"url": "http://x", "root": "' + b"58" * 32 + b'", "modes": ["any"]}',
        b'{"url": "http://x", "root": "' + b"58" * 32 + b'", "other": 1}',
    ],
)
def test_a_file_that_enrols_nobody_stops_the_start(tmp_path, body):
    (tmp_path / "CN-GX.json").write_bytes(body)

    with pytest.raises(HomeUnusable, match=r"partners/CN-GX\.json: "):
        read_partners(tmp_path)


def test_what_does_not_hold_in_a_file_is_named(tmp_path):
    (tmp_path / "CN-GX.json").write_bytes(b'{"url": 1, "root": "58"}')
    with pytest.raises(HomeUnusable, match=r"partners/CN-GX\.json: .*`\$.url`"):
        read_partners(tmp_path)
    (tmp_path / "CN-GX.json").rename(tmp_path / "guangxi.json")
    with pytest.raises(HomeUnusable, match=r"partners/guangxi\.json: .*named for its region"):
        read_partners(tmp_path)


async def test_a_file_that_is_spoilt_changes_nothing_and_is_told(tmp_path, caplog):
    folder = tmp_path / "gd" / "partners"
    prepared(tmp_path / "gd")
    write_partner(folder, GX, partner(GX, prepared(tmp_path / "gx")))
    write_partner(folder, HN, partner(HN, prepared(tmp_path / "hn")))
    async with running(tmp_path / "gd", partners=read_partners(folder)) as gd:
        partners, agreed = gd.app[PARTNERS], gd.app[PARTNERS].current[GX]
        (folder / "CN-GX.json").write_bytes((folder / "CN-GX.json").read_bytes()[:-9])
        (folder / "CN-HN.json").unlink()

        for _ in range(3):
            partners.look()

        health = (await gd.anyone.get("/health")).body
        [row] = (await gd.supervisor.get("/v1/partners")).body["partners"]
        assert partners.current == {GX: agreed}
        assert "partners/CN-GX.json: Input data was truncated" in row["trouble"]
        assert health["unreadable"] == [row["trouble"]]
        assert caplog.text.count("what was agreed before goes on") == 1

        write_partner(folder, GX, agreed)
        partners.look()
        assert not partners.unreadable


async def test_a_home_is_no_partner_of_its_own_whoever_wrote_the_file(tmp_path):
    folder, own = tmp_path / "gd" / "partners", partner(GD, prepared(tmp_path / "gd"))
    async with running(tmp_path / "gd") as gd:
        write_partner(folder, GD, own)
        gd.app[PARTNERS].look()
        health = (await gd.anyone.get("/health")).body

        assert gd.app[PARTNERS].current == {}
        assert health["unreadable"] == [
            "partners/CN-GD.json: this is the region of the home itself"
        ]

    with pytest.raises(HomeUnusable, match="the region of the home itself"):
        async with running(tmp_path / "gd", partners=read_partners(folder)):
            pytest.fail("a home trusts itself as a partner")


def test_what_is_agreed_stands_in_the_file(tmp_path):
    root = Ed25519Signer(bytes([9]) * 32).public_key.hex()
    write_partner(tmp_path, GX, Partner(url="https://gx.example", root=root))

    found = msgspec.json.decode((tmp_path / "CN-GX.json").read_bytes())

    assert found["modes"] == ["online", "collect", "joint"]
    assert found["bases"] == {"*": {"ask": ["*"], "answer": ["*"], "hong_kong": False}}
    assert read_partners(tmp_path)[GX].agreement.basis("PIPL 13(1)(3)") is not None
    assert GD not in read_partners(tmp_path)
