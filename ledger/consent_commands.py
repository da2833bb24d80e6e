"""What a person may ask about their consents, themselves or at a window."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from ledger.catalogue import Language

Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
RegionName = Annotated[str, Meta(pattern=r"^CN-[A-Z]{2}\Z")]


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveConsent:
    """Agree to one purpose in the words that `/v1/purposes` shows, by their digest."""

    consent: UUID
    purpose: Annotated[str, Meta(max_length=100)]
    wording: int
    language: Language
    digest: Digest
    recipient: RegionName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawConsent:
    """Take a consent back; no reason is asked."""

    consent: UUID


ConsentCommand = GiveConsent | WithdrawConsent
