"""The edge: where time and randomness come from, and providers that no setting names.

Everything inside takes these as arguments, so a service can be run at any time.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from identity.ports import HostedProvider


def now() -> datetime:
    """Return the time of this machine."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """What a service is run with besides its settings; `providers` are by method."""

    clock: Callable[[], datetime] = now
    random: Callable[[int], bytes] = field(default=secrets.token_bytes, repr=False)
    providers: Mapping[str, HostedProvider] = field(default_factory=dict)
