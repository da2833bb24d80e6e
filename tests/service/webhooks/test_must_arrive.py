"""A thousand deliveries to a receiver that fails, stalls, redirects and comes back.

None is lost, each case's arrive in their order, and nobody is sent where they redirect to.
"""

import asyncio
import random
from uuid import UUID

from aiohttp import web

from ledger.actor import Actor, Channel, Role
from ledger.commands import SubmitApplication, WithdrawApplication
from ledger.rules import Verified
from service.webhooks.dispatch import WEBHOOKS
from tests.ledger.cases import VERIFIED
from tests.service.running import ITEM
from tests.service.webhooks.receiving import hooked, receiving, subscribed

CASES = 334
"""Of three entries each."""
STALL = 0.5


def fill(service, first, last):
    """Record that many cases, as fast as the log takes them."""
    given: Verified = VERIFIED
    waiting = []
    for number in range(first, last):
        case = UUID(int=number)
        who = f"subject:{number % 7:032x}"
        actor = Actor(role=Role.APPLICANT, id=who, principal=who, channel=Channel.PORTAL)
        opened = SubmitApplication(case_id=case, item=ITEM, form={"a": "b"}, materials={})
        taken_back = WithdrawApplication(case_id=case, reason="enough")
        submit = service.ledger.submit
        waiting.append(submit(opened, actor, command_id=UUID(int=number), verified=given))
        waiting.append(submit(taken_back, actor, command_id=UUID(int=number + 10**6)))
    for each in waiting:
        each.result()


def moody(seed, down):
    """Misbehave in every way there is, and be away altogether for the requests `down`."""
    chance, asked = random.Random(seed), 0

    async def behave(request, event):
        nonlocal asked
        asked += 1
        if asked in down:
            return web.Response(status=503, text=f"away, with {event['subject']}")
        match chance.choices(
            ("well", "fails", "redirects", "stalls", "drops", "floods", "late"),
            (70, 12, 6, 0.4, 6, 4, 0.4),
        )[0]:
            case "fails":
                return web.Response(status=chance.choice([400, 404, 429, 500, 502]))
            case "redirects":
                status = chance.choice([301, 302, 303, 307, 308])
                return web.Response(status=status, headers={"Location": "/elsewhere"})
            case "stalls":
                await asyncio.sleep(STALL)
                return web.Response(status=500)
            case "drops":
                request.transport.abort()
                return web.Response(status=500)
            case "floods":
                return web.Response(body=b"x" * 300_000)
            case "late":
                # It has it, and we never hear so: it comes again.
                await asyncio.sleep(STALL)
        return None

    return behave


async def test_a_thousand_deliveries_arrive_in_order_whatever_the_receiver_does(tmp_path):
    async with (
        hooked(tmp_path / "home", seconds=STALL / 2, scale=0.01, tries=10**6) as service,
        receiving() as receiver,
    ):
        supervisor = service.supervisor
        place = await subscribed(supervisor, receiver)
        receiver.behave = moody(seed=5, down=range(200, 500))

        await asyncio.to_thread(fill, service, 1, CASES + 1)
        cases = receiver.of_cases
        await receiver.until(lambda _: len(receiver.events) >= 3 * CASES, 60)
        await receiver.until(lambda _: sum(map(len, cases().values())) == 3 * CASES, 60)

        expected: dict[str, list[int]] = {}
        for entry in service.ledger.read(0):
            if entry.subject is not None and entry.stream.int <= CASES:
                expected.setdefault(str(entry.stream), []).append(entry.position)
        assert cases() == expected
        assert receiver.strayed == 0
        assert (await supervisor.get(f"{place}/dead-letters")).body == {"dead_letters": []}
        for _ in range(100):
            shown = (await supervisor.get(place)).body
            if shown["reached"] > expected[str(UUID(int=1))][0]:
                break
            # The log is told at the next look after what held it up has gone.
            await asyncio.sleep(0.1)
        assert shown["status"] == "active"
        assert shown["reached"] > expected[str(UUID(int=1))][0], "the log knows how far it is"
        assert service.app[WEBHOOKS].current
