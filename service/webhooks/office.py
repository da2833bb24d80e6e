"""What deliveries are made with, and how patiently."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ledger.application import Ledger
from ledger.subscription import Subscription
from ledger.subscriptions import Subscriptions
from service.feeds.tail import Tail
from service.variables import Network
from service.webhooks.courier import Courier
from service.webhooks.signing import Signing
from service.webhooks.waiting import Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How patient we are: `days` and `tries` both, before something is given up.

    `scale` is of the pauses between attempts, which double up to five minutes. The log is
    told how far a subscriber is each time `mark` more arrived.
    """

    days: timedelta = timedelta(days=3)
    tries: int = 12
    at_once: int = 8
    window: int = 1_000
    mark: int = 500
    scale: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What deliveries are made with; `why_over` says why somebody is told no more."""

    ledger: Ledger
    tail: Tail
    subscriptions: Subscriptions
    waiting: Waiting
    courier: Courier
    signing: Signing
    clock: Callable[[], datetime]
    random: Callable[[int], bytes] = field(repr=False)
    why_over: Callable[[Subscription], str | None]
    networks: tuple[Network, ...]
    """Those in which endpoints are called that are not public, also without https."""
    pace: Pace

    @property
    def source(self) -> str:
        """What the log calls itself."""
        return self.ledger.published.keys.origin
