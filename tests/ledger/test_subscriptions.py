"""Subscriptions as the log has them: what becomes of each, and how many one may have."""

from threading import Event, Thread
from time import monotonic, sleep, thread_time
from uuid import UUID

import pytest

from ledger.actor import SYSTEM, Actor, Channel, Role
from ledger.entry import Entry
from ledger.errors import CommandRejected, LogDamaged
from ledger.subscription import Status, Wanted, evolve_subscriptions
from ledger.subscription_events import (
    SUBSCRIPTIONS,
    DeliveryGivenUp,
    Redelivered,
    RedeliveryAsked,
    SubscriptionBegun,
    SubscriptionConfirmed,
    SubscriptionEnded,
)
from ledger.subscriptions import MOST, Subscriptions
from tests.ledger.cases import NOON

ID, OTHER = UUID(int=1), UUID(int=2)
BEGUN = SubscriptionBegun(subscription=ID, kinds=(), items=(), cases=(), endpoint="https://a")
OFFICE = Actor(
    role=Role.CLERK, id="clerk-1", principal="gd.a", channel=Channel.WINDOW, authority="gd.a"
)


def entries(*events, first=1):
    return [
        Entry(
            stream=SUBSCRIPTIONS,
            version=number,
            event=event,
            recorded_at=NOON,
            effective_at=NOON,
            actor=SYSTEM,
            position=number,
        )
        for number, event in enumerate(events, first)
    ]


def given_up(position):
    return DeliveryGivenUp(
        subscription=ID, position=position, case=OTHER, tries=12, reason="status_400"
    )


def test_dead_letters_are_asked_for_again_and_made_good():
    before = evolve_subscriptions({}, entries(BEGUN, given_up(3), given_up(4), given_up(5)))
    asked = RedeliveryAsked(subscription=ID, positions=(3, 4, 9))
    made_good = Redelivered(subscription=ID, position=4)

    after = evolve_subscriptions(before, entries(asked, made_good, first=5))

    letters = after[ID].given_up
    assert {at: letter.asked_again for at, letter in letters.items()} == {3: True, 5: False}
    assert list(before[ID].given_up) == [3, 4, 5]


def test_very_many_dead_letters_are_folded_in_no_time():
    told = entries(BEGUN, *map(given_up, range(2, 40_000)))

    began = thread_time()
    after = evolve_subscriptions({}, told)

    assert len(after[ID].given_up) == 39_998
    assert thread_time() - began < 2


@pytest.mark.parametrize("event", [SubscriptionConfirmed(subscription=OTHER), given_up(1)])
def test_what_was_never_begun_is_damage(event):
    with pytest.raises(LogDamaged, match="never begun"):
        evolve_subscriptions({}, entries(event))


def test_what_was_begun_is_not_begun_again():
    with pytest.raises(LogDamaged, match="begun twice"):
        evolve_subscriptions({}, entries(BEGUN, BEGUN))


def test_those_who_begin_at_once_have_no_more_than_others(ledger):
    subscriptions = Subscriptions(ledger)
    writing, held, refused = Event(), Event(), []

    def hold(draft):
        del draft
        writing.set()
        held.wait(10)

    def begin(number):
        try:
            subscriptions.begin(OFFICE, UUID(int=number), Wanted(), f"https://{number}")
        except CommandRejected:
            refused.append(number)

    blocking = ledger.writing(hold)
    writing.wait(10)
    threads = [Thread(target=begin, args=(number,)) for number in range(1, MOST + 6)]
    for thread in threads:
        thread.start()
    until = monotonic() + 5
    while ledger.waiting < len(threads) and monotonic() < until:
        sleep(0.01)
    held.set()
    for thread in threads:
        thread.join()
    blocking.result()

    assert len(subscriptions.of(OFFICE)) == MOST
    assert len(refused) == 5


def test_who_ends_one_may_begin_another(ledger):
    subscriptions = Subscriptions(ledger)
    first, *_ = [
        subscriptions.begin(OFFICE, UUID(int=number), Wanted(), "https://a.example")
        for number in range(1, MOST + 1)
    ]

    subscriptions.record(first, SubscriptionEnded(subscription=first.id), OFFICE)
    other = subscriptions.begin(OFFICE, UUID(int=99), Wanted(), "https://a.example")

    assert other.status is Status.UNCONFIRMED
    assert len(subscriptions.of(OFFICE)) == MOST
