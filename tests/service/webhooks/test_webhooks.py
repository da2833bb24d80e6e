"""Webhooks: what a subscriber may see arrives signed, in order per case, and nowhere else."""

import asyncio
import secrets
import shutil
from datetime import timedelta
from uuid import UUID

import pytest
from aiohttp import web

from ledger.actor import SYSTEM, Role
from service.edge import now
from service.policy import scopes_of
from service.staff_keys import STAFF_KEYS
from service.webhooks.dispatch import WEBHOOKS
from tests.ledger.ledgers import SetClock
from tests.service.running import AUTHORITY, FORM, running
from tests.service.visitor import Visitor
from tests.service.webhooks.receiving import hooked, receiving, subscribed, well


async def test_a_subscriber_is_told_of_their_cases_signed_and_sealed(tmp_path):
    async with hooked(tmp_path / "home") as service, receiving() as receiver:
        applicant, stranger = await service.applicant(), await service.applicant()
        await subscribed(applicant, receiver)

        await service.apply(stranger)
        case_id = await service.apply(applicant)
        await receiver.until(lambda receiver: len(receiver.events) == 2)

        verified, received = receiver.events
        assert verified["type"] == "tongban.applicant.verified.v1"
        assert received["type"] == "tongban.application.received.v1"
        assert {verified["subject"], received["subject"]} == {case_id}
        assert received["source"] == f"//{service.ledger.published.keys.origin}"
        assert received["data"]["fields"]["form"] == "sealed"
        assert not any(value in str(receiver.events) for value in FORM.values())


async def test_nothing_is_sent_before_the_endpoint_proved_to_be_theirs(tmp_path):
    async with hooked(tmp_path / "home") as service, receiving() as receiver:
        applicant = await service.applicant()
        made = await applicant.post("/v1/subscriptions", {"endpoint": receiver.url})
        place = made.headers["Location"]
        receiver.secrets = ["whsec_bm90IHRoZSBzZWNyZXQgYXQgYWxs"]

        refused = await applicant.post(f"{place}/confirmation")
        await service.apply(applicant)
        shown = await applicant.get(place)

        assert (refused.status, refused.problem) == (422, "endpoint-refused")
        assert shown.body["status"] == "unconfirmed"
        assert receiver.events == []


async def test_who_only_echoes_a_challenge_is_not_confirmed(tmp_path):
    async with hooked(tmp_path / "home") as service, receiving() as receiver:
        applicant = await service.applicant()
        receiver.echoes = True
        made = await applicant.post("/v1/subscriptions", {"endpoint": receiver.url})

        refused = await applicant.post(f"{made.headers['Location']}/confirmation")

        assert refused.problem == "endpoint-refused"


async def test_a_subscription_is_nobody_elses(tmp_path):
    async with hooked(tmp_path / "home") as service, receiving() as receiver:
        applicant, stranger = await service.applicant(), await service.applicant()
        place = await subscribed(applicant, receiver)

        answers = [
            await stranger.get(place),
            await stranger.call("DELETE", place),
            await stranger.post(f"{place}/secrets"),
            await stranger.get(f"{place}/dead-letters"),
            await stranger.post(f"{place}/redeliveries"),
            await stranger.post(f"{place}/confirmation"),
        ]

        assert {(each.status, each.problem) for each in answers} == {
            (404, "subscription-not-found")
        }
        assert (await stranger.get("/v1/subscriptions")).body == {"subscriptions": []}
        [own] = (await applicant.get("/v1/subscriptions")).body["subscriptions"]
        assert own["endpoint"] == receiver.url


async def test_two_secrets_sign_for_a_day_and_then_the_new_one_alone(tmp_path):
    clock = SetClock(now())
    async with hooked(tmp_path / "home", clock) as service, receiving() as receiver:
        applicant = await service.applicant()
        place = await subscribed(applicant, receiver)
        [old] = receiver.secrets

        renewed = await applicant.post(f"{place}/secrets")
        receiver.secrets = [old, renewed.body["secret"]]
        await service.apply(applicant)
        await receiver.until(lambda receiver: len(receiver.events) == 2)
        again = await applicant.post(f"{place}/secrets")

        assert len(receiver.headers[-1]["webhook-signature"].split()) == 2
        assert (again.status, again.problem) == (422, "command-rejected")


async def test_one_case_that_is_refused_holds_up_no_other_and_is_given_up_in_the_end(tmp_path):
    clock = SetClock(now() - timedelta(minutes=4))
    brief = timedelta(minutes=1)
    async with (
        hooked(tmp_path / "home", clock, days=brief) as service,
        receiving() as receiver,
    ):
        applicant = await service.applicant()
        place = await subscribed(applicant, receiver)
        bad = await service.apply(applicant)
        await receiver.until(lambda receiver: len(receiver.events) == 2)
        refused = []

        async def behave(request, event):
            if event["subject"] == bad:
                refused.append(int(event["id"]))
                return web.Response(status=500, text="no such person as Testing Tea")
            return None

        receiver.behave = behave
        withdrawn = await applicant.act(
            bad, "withdrawals", {"reason": "x"}, headers={"If-Match": "*"}
        )
        assert withdrawn.status == 200, withdrawn.body
        await receiver.until(lambda _: len(refused) > 3)
        clock.now += timedelta(seconds=1)
        good = await service.apply(applicant)
        await receiver.until(lambda receiver: len(receiver.events) == 4)
        clock.now += timedelta(minutes=2)
        for _ in range(500):
            letters = (await applicant.get(f"{place}/dead-letters")).body["dead_letters"]
            if letters:
                break
        [letter] = letters

        assert (letter["position"], letter["case"]) == (refused[0], bad)
        assert (letter["reason"], letter["asked_again"]) == ("status_500", False)
        assert letter["tries"] >= 3
        assert list(receiver.of_cases()) == [bad, good]

        async def mended(request, event):
            return None

        receiver.behave = mended
        asked = await applicant.post(f"{place}/redeliveries")
        assert (asked.status, asked.body) == (202, {"positions": [letter["position"]]})
        await receiver.until(lambda receiver: len(receiver.events) == 5)
        assert int(receiver.events[-1]["id"]) == letter["position"]
        for _ in range(500):
            if (await applicant.get(f"{place}/dead-letters")).body == {"dead_letters": []}:
                break
        assert (await applicant.get(place)).body["dead_letters"] == 0


async def test_an_endpoint_that_is_gone_is_disabled_and_goes_on_where_it_was(tmp_path):
    async with hooked(tmp_path / "home") as service, receiving() as receiver:
        applicant = await service.applicant()
        place = await subscribed(applicant, receiver)

        async def gone(request, event):
            return web.Response(status=410)

        async def back(request, event):
            return None

        receiver.behave = gone
        await service.apply(applicant)
        shown = await until_status(applicant, place, "disabled")
        assert shown["reason"] == "gone"

        receiver.behave = back
        await service.apply(applicant)
        assert (await applicant.post(f"{place}/confirmation")).body["status"] == "active"
        await receiver.until(lambda receiver: len(receiver.events) == 4)

        assert all(sorted(case) == case for case in receiver.of_cases().values())


async def test_whose_sessions_are_all_ended_is_sent_nothing_more(tmp_path):
    async with hooked(tmp_path / "home") as service, receiving() as receiver:
        applicant = await service.applicant()
        place = await subscribed(applicant, receiver)
        await service.apply(applicant)
        await receiver.until(lambda receiver: len(receiver.events) == 2)
        [own] = service.app[WEBHOOKS].office.subscriptions.all().values()
        operator = service.session(
            "operator", channel="system", scopes=("read", "act", "admin")
        )

        body = {"reason": "compromised", "subject": own.actor.principal}
        ended = await operator.post("/v1/revocations", body)
        assert ended.status == 201, ended.body
        await until_known(service, own.id, "disabled")
        await service.apply(await service.applicant())

        assert (await applicant.get(place)).status == 401
        assert len(receiver.events) == 2


@pytest.mark.parametrize("ending", ["revoked", "run out"])
async def test_what_was_begun_with_a_key_is_over_with_it_and_goes_on_with_another(
    tmp_path, ending
):
    clock = SetClock(now() - timedelta(minutes=4))
    async with hooked(tmp_path / "home", clock) as service, receiving() as receiver:
        keys, applicant = service.app[STAFF_KEYS], await service.applicant()
        first = await asyncio.to_thread(issued, keys, clock() + timedelta(minutes=1))
        place = await subscribed(Visitor(service.http, first), receiver)
        await service.apply(applicant)
        await receiver.until(lambda receiver: len(receiver.events) == 2)
        [own] = service.app[WEBHOOKS].office.subscriptions.all().values()

        if ending == "revoked":
            await asyncio.to_thread(revoked, keys, own)
        else:
            clock.now += timedelta(minutes=2)
        await service.apply(applicant)
        await until_known(service, own.id, "disabled")
        other = await asyncio.to_thread(issued, keys, clock() + timedelta(days=1))
        shown = await Visitor(service.http, other).get(place)
        told = len(receiver.events)
        confirmed = await Visitor(service.http, other).post(f"{place}/confirmation")
        await receiver.until(lambda receiver: len(receiver.events) == 4)

        assert (shown.body["reason"], told) == ("key_ended", 2)
        assert confirmed.body["status"] == "active"


async def test_a_key_takes_over_from_another_without_a_pause(tmp_path):
    async with hooked(tmp_path / "home") as service, receiving() as receiver:
        keys = service.app[STAFF_KEYS]
        until = service.clock() + timedelta(days=1)
        first, other = [await asyncio.to_thread(issued, keys, until) for _ in "12"]
        place = await subscribed(Visitor(service.http, first), receiver)
        [own] = service.app[WEBHOOKS].office.subscriptions.all().values()

        taken = await Visitor(service.http, other).post(f"{place}/confirmation")
        await asyncio.to_thread(revoked, keys, own)
        await service.apply(await service.applicant())
        await receiver.until(lambda receiver: len(receiver.events) == 2)

        assert taken.body["status"] == "active"
        assert (await Visitor(service.http, other).get(place)).body["status"] == "active"


async def test_what_waits_is_sent_after_a_restart_and_nothing_twice(tmp_path):
    async with receiving() as receiver:

        async def down(request, event):
            return web.Response(status=503)

        async def up(request, event):
            return None

        async with hooked(tmp_path / "home") as service:
            applicant = await service.applicant()
            await subscribed(applicant, receiver)
            await service.apply(applicant)
            await receiver.until(lambda receiver: len(receiver.events) == 2)
            receiver.behave = down
            case_id = await service.apply(applicant)
        receiver.behave = up
        async with hooked(tmp_path / "home"):
            await receiver.until(lambda receiver: len(receiver.events) == 4)

    ids = [int(event["id"]) for event in receiver.events]
    assert len(ids) == len(set(ids)) == 4
    assert {event["subject"] for event in receiver.events[2:]} == {case_id}


@pytest.mark.parametrize("damage", ["lost", "no database"])
async def test_without_its_file_everything_since_is_sent_again(tmp_path, damage):
    async with receiving() as receiver:
        async with hooked(tmp_path / "home") as service:
            applicant = await service.applicant()
            await subscribed(applicant, receiver)
            await service.apply(applicant)
            await receiver.until(lambda receiver: len(receiver.events) == 2)
        for path in (tmp_path / "home").glob("webhooks.sqlite*"):
            path.unlink()
        if damage == "no database":
            (tmp_path / "home" / "webhooks.sqlite").write_bytes(b"x" * 5000)
        async with hooked(tmp_path / "home"):
            await receiver.until(lambda receiver: len(receiver.events) == 4)

    first, second, *again = receiver.events
    assert [each["id"] for each in again] == [first["id"], second["id"]]
    ids = [headers["webhook-id"] for headers in receiver.headers]
    assert ids[:2] == ids[2:]


async def test_after_the_log_was_put_back_what_is_new_is_sent_under_old_positions(tmp_path):
    home, before = tmp_path / "home", tmp_path / "before"
    async with receiving() as receiver:
        async with hooked(home) as service:
            applicant = await service.applicant()
            await subscribed(applicant, receiver)
        shutil.copytree(home, before)
        async with hooked(home) as service:
            lost = await service.apply(Visitor(service.http, applicant.session))
            await receiver.until(lambda receiver: len(receiver.events) == 2)
        # Only what was on its way is newer than the log, which then grows past it again.
        shutil.copytree(home, tmp_path / "after")
        shutil.rmtree(home)
        shutil.copytree(before, home)
        for path in (tmp_path / "after").glob("webhooks.sqlite*"):
            shutil.copy(path, home / path.name)
        receiver.events.clear()
        async with running(home, SetClock(now()), webhook_elsewhere=True) as service:
            again = Visitor(service.http, applicant.session)
            kept = {await service.apply(again) for _ in "12"}
        async with hooked(home):
            await receiver.until(lambda receiver: len(receiver.events) == 4)

    assert {event["subject"] for event in receiver.events} == kept
    assert lost not in str(receiver.events)


async def test_what_waits_behind_others_that_arrived_is_sent_also_without_its_file(tmp_path):
    async with receiving() as receiver:
        cases = []

        async def refuses_the_second(request, event):
            if event["subject"] not in cases:
                cases.append(event["subject"])
            return web.Response(status=503) if [event["subject"]] == cases[1:2] else None

        async with hooked(tmp_path / "home", mark=4) as service:
            applicant = await service.applicant()
            await subscribed(applicant, receiver)
            receiver.behave = refuses_the_second
            first = await service.apply(applicant)
            await receiver.until(lambda receiver: len(receiver.events) == 2)
            stuck = await service.apply(applicant)
            await receiver.until(lambda _: stuck in cases)
            others = {await service.apply(applicant) for _ in "12"}
            await receiver.until(lambda receiver: len(receiver.events) == 6)
            subscriptions = service.app[WEBHOOKS].office.subscriptions
            await receiver.until(lambda _: reached_of(subscriptions) is not None)
            waiting, _ = service.ledger.entries(UUID(stuck), opened=False)
            reached = reached_of(subscriptions)
        for path in (tmp_path / "home").glob("webhooks.sqlite*"):
            path.unlink()
        receiver.events, receiver.behave = [], well
        async with hooked(tmp_path / "home"):
            await receiver.until(lambda receiver: len(receiver.events) == 6)

    assert reached == waiting.position - 1
    assert {event["subject"] for event in receiver.events} == {stuck, *others} - {first}


async def test_the_log_is_told_again_once_what_was_held_up_arrived(tmp_path):
    async with receiving() as receiver, hooked(tmp_path / "home", mark=4) as service:
        open_again = asyncio.Event()

        async def holds_up_the_second(request, event):
            goes = open_again.is_set() or event["subject"] in {cases[0], *cases[2:]}
            return None if goes else web.Response(status=503)

        applicant = await service.applicant()
        await subscribed(applicant, receiver)
        cases = [await service.apply(applicant)]
        await receiver.until(lambda receiver: len(receiver.events) == 2)
        receiver.behave = holds_up_the_second
        cases += [await service.apply(applicant) for _ in range(3)]
        subscriptions = service.app[WEBHOOKS].office.subscriptions
        await receiver.until(lambda _: reached_of(subscriptions) is not None)
        held_up_at = service.ledger.entries(UUID(cases[1]), opened=False)[0].position
        assert reached_of(subscriptions) == held_up_at - 1
        open_again.set()
        await receiver.until(lambda _: reached_of(subscriptions) > held_up_at)


async def test_an_agent_has_no_subscriptions(tmp_path):
    async with hooked(tmp_path / "home") as service:
        agent = service.session("agent", principal="subject:1")

        assert (
            await agent.post("/v1/subscriptions", {"endpoint": "https://a.example"})
        ).status == 403


def issued(keys, until):
    """A key for the system of one department, as an operator has it issued."""
    return keys.issue(
        "gateway-1",
        role="clerk",
        authority=AUTHORITY,
        scopes=scopes_of(Role.CLERK),
        expires_at=until,
        actor=SYSTEM,
        random=secrets.token_bytes,
    )


def revoked(keys, subscription):
    """Let the key that a subscription rests on count no more."""
    keys.revoke(subscription.key, reason="compromised", actor=SYSTEM)


def reached_of(subscriptions):
    """How far the log was told, once it was, that the one subscription is."""
    [own] = subscriptions.all().values()
    confirmed = own.begun + 1
    return own.reached if (own.reached or 0) > confirmed else None


async def until_status(who, place, status):
    for _ in range(500):
        shown = await who.get(place)
        if shown.body["status"] == status:
            return shown.body
    raise AssertionError(shown.body)


async def until_known(service, id, status):
    subscriptions = service.app[WEBHOOKS].office.subscriptions
    for _ in range(500):
        if subscriptions.all()[id].status == status:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(subscriptions.all()[id].status)


async def test_what_is_asked_twice_counts_once(tmp_path):
    async with hooked(tmp_path / "home") as service, receiving() as receiver:
        applicant = await service.applicant()
        place = await subscribed(applicant, receiver)
        key, other = ({"Idempotency-Key": f"asked-twice-{n}"} for n in (1, 2))
        head = service.ledger.head

        confirmed = [await applicant.post(f"{place}/confirmation", headers=key) for _ in "12"]
        asked = [await applicant.post(f"{place}/redeliveries", headers=other) for _ in "12"]

        assert confirmed[0].body == confirmed[1].body
        assert [each.body for each in asked] == [{"positions": []}] * 2
        assert service.ledger.head == head
