"""A subscription as its entries leave it, and what it wants to be told of.

Whether its subscriber may see a case is not here: `ledger.access` says that, each time.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never
from uuid import UUID

import msgspec
from msgspec.structs import replace

from ledger.actor import Actor
from ledger.entry import Entry
from ledger.errors import LogDamaged
from ledger.subscription_events import (
    DeliveryGivenUp,
    Redelivered,
    RedeliveryAsked,
    SubscriptionBegun,
    SubscriptionConfirmed,
    SubscriptionDisabled,
    SubscriptionEnded,
    SubscriptionEvent,
    SubscriptionKeyed,
    SubscriptionReached,
    SubscriptionSecretRenewed,
)

OVERLAP: Final = timedelta(hours=24)
"""How long it is signed with the secret before the newest, too."""


class Status(StrEnum):
    """Where a subscription stands; only an active one is sent anything."""

    UNCONFIRMED = "unconfirmed"
    ACTIVE = "active"
    DISABLED = "disabled"
    ENDED = "ended"


class Wanted(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Which entries somebody asks for; what is empty does not narrow it."""

    kinds: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    cases: frozenset[UUID] = frozenset()

    def admits(self, entry: Entry) -> bool:
        """Tell whether `entry` is among them, whoever may see it."""
        return (
            (not self.kinds or entry.name in self.kinds)
            and (not self.items or entry.item in self.items)
            and (not self.cases or entry.stream in self.cases)
        )


class GivenUp(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A dead letter: what did not arrive, and the last word of why."""

    position: int
    case: UUID
    tries: int
    reason: str
    since: datetime
    asked_again: bool = False


class Subscription(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who is told what. `begun` is where the log has its address, sealed.

    With `key`, it rests on that staff key, and is over when that counts no more.
    Everything up to `reached` was delivered, or stands in `given_up`.
    """

    id: UUID
    actor: Actor
    begun: int
    begun_at: datetime
    wanted: Wanted
    key: str | None = None
    status: Status = Status.UNCONFIRMED
    since: datetime
    reason: str | None = None
    reached: int | None = None
    generation: int = 1
    renewed_at: datetime | None = None
    given_up: Mapping[int, GivenUp] = {}

    def generations(self, now: datetime) -> tuple[int, ...]:
        """Return which secrets sign at `now`, the newest first."""
        if self.renewed_at is None or now >= self.renewed_at + OVERLAP:
            return (self.generation,)
        return self.generation, self.generation - 1


def evolve_subscription(before: Subscription | None, entry: Entry) -> Subscription:
    """Return the subscription after `entry`, one of its own."""
    event = entry.event
    if isinstance(event, SubscriptionBegun):
        return Subscription(
            id=event.subscription,
            actor=entry.actor,
            begun=entry.position,
            begun_at=entry.recorded_at,
            wanted=Wanted(
                kinds=frozenset(event.kinds),
                items=frozenset(event.items),
                cases=frozenset(event.cases),
            ),
            since=entry.recorded_at,
        )
    if before is None or not isinstance(event, SubscriptionEvent):
        raise LogDamaged(f"position {entry.position}: a subscription that was never begun")
    return _after(before, event, entry)


def _after(before: Subscription, event: SubscriptionEvent, entry: Entry) -> Subscription:
    at = entry.recorded_at
    match event:
        case SubscriptionKeyed(key=key):
            return replace(before, key=key)
        case SubscriptionConfirmed():
            reached = entry.position if before.reached is None else before.reached
            status = Status.ACTIVE
            return replace(before, status=status, since=at, reason=None, reached=reached)
        case SubscriptionSecretRenewed(generation=generation):
            return replace(before, generation=generation, renewed_at=at)
        case SubscriptionReached(position=position):
            return replace(before, reached=max(position, before.reached or 0))
        case SubscriptionDisabled(reason=reason):
            return replace(before, status=Status.DISABLED, since=at, reason=reason)
        case SubscriptionEnded():
            return replace(before, status=Status.ENDED, since=at)
        case DeliveryGivenUp(position=position):
            letter = GivenUp(
                position=position,
                case=event.case,
                tries=event.tries,
                reason=event.reason,
                since=at,
            )
            return replace(before, given_up={**before.given_up, position: letter})
        case RedeliveryAsked(positions=positions):
            known = before.given_up
            again = {
                at: replace(known[at], asked_again=True) for at in positions if at in known
            }
            return replace(before, given_up={**known, **again})
        case Redelivered(position=position):
            left = {at: each for at, each in before.given_up.items() if at != position}
            return replace(before, given_up=left)
        case SubscriptionBegun():
            raise LogDamaged(f"position {entry.position}: a subscription begun twice")
        case _:
            assert_never(event)
