"""Whether a token still counts: by a fresh list, by one that will do, or not to be told."""

import asyncio
from datetime import timedelta

import pytest

from cose import Ed25519Signer
from identity.claim_values import StatusReference
from identity.errors import ProviderUnavailable, TokenRefused
from identity.status import LIFETIME, STATUS_LIST, TTL, StatusList, issue_status_list
from identity.status_checking import KEPT, LENIENCE, Stakes, StatusChecker, StatusUnknown
from identity.trust import Trust
from tests.identity.regions import AT, GX, GX_SIGNER, NOW, SECOND, record
from tests.identity.test_status import bent
from tests.ledger.ledgers import SetClock

URI = "https://gx.example/status/0"
REVOKED, VALID = (StatusReference(index=n, uri=URI) for n in (3, 4))


class FakeRegion:
    """Serves a list as Guangxi does, or not, and keeps count of how often it was asked."""

    def __init__(self, clock):
        self.clock = clock
        self.revoked = {3}
        self.asked = []
        self.is_away = False
        self.signer: Ed25519Signer = GX_SIGNER
        self.ago = timedelta(0)
        self.token: bytes | None = None

    async def fetch(self, issuer, name):
        self.asked.append((issuer, name))
        await asyncio.sleep(0)
        if self.is_away:
            raise ProviderUnavailable("away")
        if self.token is not None:
            return self.token
        statuses = StatusList.of(self.revoked, 65_536)
        uri = URI.removesuffix("0") + name
        return issue_status_list(uri, statuses, self.signer, now=self.clock() - self.ago)


@pytest.fixture
def clock():
    return SetClock(NOW)


@pytest.fixture
def region(clock):
    return FakeRegion(clock)


@pytest.fixture
def checker(region, clock):
    trust = Trust({GX: [record(GX_SIGNER, STATUS_LIST)]})
    return StatusChecker(fetch=region.fetch, trust=trust, clock=clock)


async def check(checker, reference=VALID, stakes=Stakes.HIGH):
    return await checker.check(GX, reference, stakes=stakes)


async def test_a_fresh_list_says_who_was_revoked_and_how_old_it_is(checker, clock):
    revoked, valid = await check(checker, REVOKED), await check(checker, VALID)
    clock.now += timedelta(seconds=90)
    later = await check(checker)

    assert (revoked.revoked, valid.revoked) == (True, False)
    assert (later.as_of, later.age) == (NOW, timedelta(seconds=90))


async def test_a_list_is_asked_for_once_in_its_ttl_also_by_many_at_once(checker, region, clock):
    await asyncio.gather(*(check(checker) for _ in range(20)))
    assert region.asked == [(GX, "0")]

    clock.now += TTL - SECOND
    await check(checker)
    assert len(region.asked) == 1

    clock.now += SECOND
    region.revoked = {4}
    assert (await check(checker)).revoked
    assert len(region.asked) == 2


@pytest.mark.parametrize("stakes", Stakes)
async def test_a_stale_list_will_do_for_as_long_as_is_at_stake(checker, region, clock, stakes):
    await check(checker)
    region.is_away = True
    clock.now += TTL + LENIENCE[stakes] - SECOND

    assert (await check(checker, stakes=stakes)).age == clock.now - NOW
    clock.now += SECOND
    with pytest.raises(StatusUnknown, match=GX):
        await check(checker, stakes=stakes)


async def test_what_was_never_heard_of_is_unknown_and_not_valid(checker, region):
    region.is_away = True

    for stakes in Stakes:
        with pytest.raises(StatusUnknown):
            await check(checker, stakes=stakes)


async def test_no_list_counts_after_its_life(checker, region, clock):
    await check(checker)
    region.is_away = True
    clock.now += LIFETIME

    with pytest.raises(StatusUnknown):
        await check(checker, stakes=Stakes.LOW)


async def test_no_list_is_used_past_its_own_end_though_little_is_at_stake(
    checker, region, clock
):
    region.token = bent({4: AT + 600})
    await check(checker)
    region.is_away = True
    clock.now += timedelta(seconds=599)

    assert not (await check(checker, stakes=Stakes.LOW)).revoked
    clock.now += SECOND
    with pytest.raises(StatusUnknown):
        await check(checker, stakes=Stakes.LOW)


async def test_a_list_that_does_not_hold_is_like_none(checker, region, clock):
    region.signer = Ed25519Signer(bytes([66]) * 32)
    with pytest.raises(StatusUnknown):
        await check(checker)

    region.signer = GX_SIGNER
    region.ago = TTL
    with pytest.raises(StatusUnknown):
        await check(checker)


async def test_a_list_that_goes_back_in_time_is_not_taken_for_the_newest(
    checker, region, clock
):
    clock.now += timedelta(seconds=200)
    await check(checker)
    clock.now += TTL
    # Older than the one before it, and still good by its own word.
    region.token = bent({65534: 80_000, 65533: StatusList.of([], 65_536).write()})

    assert (await check(checker, REVOKED, stakes=Stakes.LOW)).revoked
    with pytest.raises(StatusUnknown):
        await check(checker, REVOKED)


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/status/../../keys",
        "https://gx.example/status/sessions",
        "https://gx.example/status/0?x",
        "https://gx.example/status/0/",
        "https://gx.example/0",
        "https://gx.example/status/٣",
        "file:///etc/passwd",
    ],
)
async def test_nothing_else_is_fetched_whatever_a_token_says(checker, region, uri):
    with pytest.raises(StatusUnknown):
        await check(checker, StatusReference(index=0, uri=uri))

    assert region.asked == []


async def test_a_list_of_the_same_name_at_another_address_is_refused(checker):
    with pytest.raises(StatusUnknown):
        await check(checker, StatusReference(index=0, uri="https://evil.example/status/0"))


async def test_a_token_beyond_its_list_is_refused(checker):
    with pytest.raises(TokenRefused, match="reach"):
        await check(checker, StatusReference(index=65_536, uri=URI))


async def test_only_so_many_lists_are_kept(checker, region):
    for number in range(KEPT + 10):
        await check(
            checker, StatusReference(index=0, uri=f"https://gx.example/status/{number}")
        )

    assert len(checker._lists) == KEPT
    assert checker._asking == {}
