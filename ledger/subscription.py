"""A subscription as its entries leave it, and what it wants to be told of.

Whether its subscriber may see a case is not here: `ledger.access` says that, each time.
"""

from collections.abc import Iterable, Mapping
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
    LetterEvent,
    Redelivered,
    RedeliveryAsked,
    StandingEvent,
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

    @property
    def whom(self) -> str:
        """Who subscribed, in one word, for what is shared between subscribers."""
        return " ".join(part or "-" for part in self.actor.caller)

    def generations(self, now: datetime) -> tuple[int, ...]:
        """Return which secrets sign at `now`, the newest first."""
        if self.renewed_at is None or now >= self.renewed_at + OVERLAP:
            return (self.generation,)
        return self.generation, self.generation - 1


def evolve_subscriptions(
    before: Mapping[UUID, Subscription], entries: Iterable[Entry]
) -> dict[UUID, Subscription]:
    """Return all subscriptions after `entries` of their stream, by id.

    Dead letters are copied once for all `entries`, as there may be very many.
    """
    after, letters = dict(before), dict[UUID, dict[int, GivenUp]]()
    for entry in entries:
        event = entry.event
        if not isinstance(event, SubscriptionEvent):
            raise LogDamaged(f"position {entry.position}: no event of a subscription")
        id, known = event.subscription, after.get(event.subscription)
        if isinstance(event, SubscriptionBegun):
            if known is not None:
                raise LogDamaged(f"position {entry.position}: a subscription begun twice")
            after[id] = _begun(event, entry)
        elif known is None:
            raise LogDamaged(f"position {entry.position}: a subscription that was never begun")
        elif isinstance(event, LetterEvent):
            if id not in letters:
                letters[id] = dict(known.given_up)
            _note(letters[id], event, entry.recorded_at)
        else:
            after[id] = _after(known, event, entry)
    return after | {id: replace(after[id], given_up=given) for id, given in letters.items()}


def _begun(event: SubscriptionBegun, entry: Entry) -> Subscription:
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


def _after(before: Subscription, event: StandingEvent, entry: Entry) -> Subscription:
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
        case _:
            assert_never(event)


def _note(letters: dict[int, GivenUp], event: LetterEvent, at: datetime) -> None:
    match event:
        case DeliveryGivenUp(position=position):
            letters[position] = GivenUp(
                position=position,
                case=event.case,
                tries=event.tries,
                reason=event.reason,
                since=at,
            )
        case RedeliveryAsked(positions=positions):
            for position in letters.keys() & positions:
                letters[position] = replace(letters[position], asked_again=True)
        case Redelivered(position=position):
            letters.pop(position, None)
        case _:
            assert_never(event)
