"""What the rules of hand-overs may know of the present."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ledger.actor import Actor
from ledger.agreements import Agreements
from ledger.catalogue import Catalogue
from ledger.rules import Verified


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverContext:
    """The present, for one decision. `account` is the person's name for the other region."""

    now: datetime
    actor: Actor
    region: str
    catalogue: Catalogue
    agreements: Agreements
    verified: Verified | None = None
    account: str = field(default="", repr=False)
    claims: Mapping[str, str] = field(default_factory=dict, repr=False)
