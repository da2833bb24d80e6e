"""What is recorded of webhooks: who subscribed to what, and how far each was served.

All of it is one stream, which the deliveries are folded from after a restart. What
was delivered one by one is not here: `reached` says now and then up to where it was.
"""

from collections.abc import Mapping
from uuid import UUID

from ledger.personal import Personal, Recorded

SUBSCRIPTIONS = UUID("3b0f7c52-0a4e-4d5b-9f0a-6c1e7a2d5b01")
"""The one stream."""


class SubscriptionBegun(Recorded, frozen=True):
    """The entry's actor wants to be told of cases at an address, and is not yet.

    Where `kinds`, `items` or `cases` are given, of these alone.
    """

    subscription: UUID
    kinds: tuple[str, ...]
    items: tuple[str, ...]
    cases: tuple[UUID, ...]
    endpoint: Personal[str]


class SubscriptionKeyed(Recorded, frozen=True):
    """From here on it rests on the staff key `key`, and is over with it; or on none."""

    subscription: UUID
    key: str | None


class SubscriptionConfirmed(Recorded, frozen=True):
    """Whoever answers at the address has the secret: from here on it is told."""

    subscription: UUID


class SubscriptionSecretRenewed(Recorded, frozen=True):
    """From here on it is signed with the secret of this generation too."""

    subscription: UUID
    generation: int


class SubscriptionReached(Recorded, frozen=True):
    """Everything up to `position` was delivered, or given up with a record of it."""

    subscription: UUID
    position: int


class SubscriptionDisabled(Recorded, frozen=True):
    """Nothing is sent any more until the address is confirmed again; `reason` is a word."""

    subscription: UUID
    reason: str


class SubscriptionEnded(Recorded, frozen=True):
    """Whoever began it wants no more."""

    subscription: UUID


class DeliveryGivenUp(Recorded, frozen=True):
    """The entry at `position` was refused `tries` times, last for this `reason`, a word."""

    subscription: UUID
    position: int
    case: UUID
    tries: int
    reason: str


class RedeliveryAsked(Recorded, frozen=True):
    """The entries at `positions`, which were given up, are to be sent again."""

    subscription: UUID
    positions: tuple[int, ...]


class Redelivered(Recorded, frozen=True):
    """The entry at `position`, which was given up, arrived after all."""

    subscription: UUID
    position: int


StandingEvent = (
    SubscriptionKeyed
    | SubscriptionConfirmed
    | SubscriptionSecretRenewed
    | SubscriptionReached
    | SubscriptionDisabled
    | SubscriptionEnded
)
"""What happens to a subscription itself."""

LetterEvent = DeliveryGivenUp | RedeliveryAsked | Redelivered
"""What happens to a dead letter of one."""

SubscriptionEvent = SubscriptionBegun | StandingEvent | LetterEvent

SUBSCRIPTION_EVENTS: Mapping[str, type[SubscriptionEvent]] = {
    "subscription.begun.v1": SubscriptionBegun,
    "subscription.keyed.v1": SubscriptionKeyed,
    "subscription.confirmed.v1": SubscriptionConfirmed,
    "subscription.secret_renewed.v1": SubscriptionSecretRenewed,
    "subscription.reached.v1": SubscriptionReached,
    "subscription.disabled.v1": SubscriptionDisabled,
    "subscription.ended.v1": SubscriptionEnded,
    "delivery.given_up.v1": DeliveryGivenUp,
    "delivery.asked_again.v1": RedeliveryAsked,
    "delivery.made_good.v1": Redelivered,
}
