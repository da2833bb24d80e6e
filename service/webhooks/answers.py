"""What is answered about subscriptions."""

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from ledger.subscription import GivenUp, Status, Subscription
from service.webhooks.dispatch import Webhooks


class ShownSubscription(TypedDict):
    """A subscription and how its deliveries fare, as far as this server knows."""

    id: UUID
    status: Status
    reason: str | None
    since: datetime
    kinds: list[str]
    items: list[str]
    cases: list[UUID]
    endpoint: str | None
    reached: int | None
    dead_letters: int
    waiting: int | None
    last_delivered: datetime | None
    trouble: str | None


class Begun(ShownSubscription):
    """A new subscription with its secret."""

    secret: str


class Subscribed(TypedDict):
    """All of one's subscriptions."""

    subscriptions: list[ShownSubscription]


class Renewed(TypedDict):
    """A new secret, and until when is signed with the one before it, too."""

    secret: str
    old_until: datetime


class DeadLetters(TypedDict):
    """What was given up."""

    dead_letters: list[GivenUp]


class AskedAgain(TypedDict):
    """What is going to be sent again."""

    positions: list[int]


def shown_subscription(webhooks: Webhooks, found: Subscription) -> ShownSubscription:
    """Return a subscription as its subscriber is shown it."""
    deliveries = webhooks.current.get(found.id)
    known = found.status is Status.ACTIVE and deliveries is not None
    return {
        "id": found.id,
        "status": found.status,
        "reason": found.reason,
        "since": found.since,
        "kinds": sorted(found.wanted.kinds),
        "items": sorted(found.wanted.items),
        "cases": sorted(found.wanted.cases),
        "endpoint": webhooks.office.subscriptions.endpoint(found),
        "reached": found.reached,
        "dead_letters": len(found.given_up),
        "waiting": deliveries.waiting if known and deliveries else None,
        "last_delivered": deliveries.last_delivered if known and deliveries else None,
        "trouble": deliveries.trouble if known and deliveries else None,
    }
