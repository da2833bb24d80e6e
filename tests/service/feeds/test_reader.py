"""A reader that was behind keeps nothing of the log once the tail serves it."""

import gc

from ledger.actor import Actor, Channel, Role
from ledger.sights import Sights
from ledger.subscription import Wanted
from service.feeds.feed import TAIL
from service.feeds.reader import Reader

SUPERVISOR = Actor(
    role=Role.SUPERVISOR, id="supervisor-1", principal="all", channel=Channel.SYSTEM
)


def kept():
    return sum(isinstance(each, Sights) for each in gc.get_objects())


async def test_who_has_caught_up_holds_no_cases_any_more(service):
    await service.apply(await service.applicant())
    tail, before = service.app[TAIL], kept()
    with tail.followed():
        reader = Reader(
            ledger=service.ledger, tail=tail, actor=SUPERVISOR, wanted=Wanted(), position=0
        )

        told = await reader.read()
        behind = kept()
        await reader.read()

        assert len(told) == 2
        assert (behind, kept()) == (before + 1, before)
