"""A service signs with a key its log tells of, and publishes those it signed with before."""

from contextlib import closing

import pytest

from identity import decode_keys
from ledger.errors import HomeUnusable
from ledger.log_keys import rotate_log_key
from ledger.opening import open_ledger
from ledger.transparency import LogKeys, verify_bundle
from tests.ledger.ledgers import SetClock
from tests.service.running import MORNING, prepared, running


def rotated(folder):
    """Exchange the log's key up to where the next start has to end it."""
    home = prepared(folder)
    clock = SetClock(MORNING)
    with closing(open_ledger(home, clock=clock, random=bytes)) as ledger:
        rotate_log_key(home, ledger)


async def test_after_an_exchange_all_keys_are_published_and_old_bundles_verify(tmp_path):
    async with running(tmp_path) as service:
        person = await service.applicant()
        case = await service.apply(person, "application-form")
        kept = (await person.get(f"/v1/cases/{case}/bundles/2")).content
        [first] = service.ledger.published.keys.records
    rotated(tmp_path)

    later = SetClock(MORNING.replace(hour=3))
    async with running(tmp_path, clock=later) as service:
        published = decode_keys((await service.anyone.get("/.well-known/cose-keys")).content)
        staff = service.official("clerk")
        made = (await staff.get(f"/v1/cases/{case}/bundles/2")).content
        keys = service.ledger.published.keys

    assert keys.records[0].public_key == first.public_key
    assert [key.revoked_at is None for key in keys.records] == [False, True]
    assert set(keys.records) <= set(published)
    assert verify_bundle(kept, LogKeys(keys.origin, published)).entry
    assert verify_bundle(made, LogKeys(keys.origin, published)).entry


async def test_a_service_whose_key_the_log_does_not_know_does_not_start(tmp_path):
    async with running(tmp_path):
        pass
    (tmp_path / "keys" / "log").write_bytes(bytes(range(32)))

    with pytest.raises(HomeUnusable, match="not a key that this log goes on with"):
        async with running(tmp_path):
            pass


async def test_a_running_service_signs_nothing_with_a_key_that_was_retired(tmp_path):
    clock = SetClock(MORNING)
    async with running(tmp_path, clock=clock) as service:
        person = await service.applicant()
        case = await service.apply(person, "application-form")
        rotate_log_key(service.home, service.ledger)
        signed = (await service.anyone.get("/log/checkpoint")).content
        clock.now = MORNING.replace(hour=3)
        person = await service.applicant()
        await service.apply(person, "application-form")

        health = await service.anyone.get("/health")
        receipt = await service.official("clerk").get(f"/v1/cases/{case}/receipts/1")

        assert (health.status, health.body["status"]) == (503, "unsigned")
        assert "keys/log was retired" in health.body["log_key"]
        assert receipt.status >= 500
        assert (await service.anyone.get("/log/checkpoint")).content == signed
