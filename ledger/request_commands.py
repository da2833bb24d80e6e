"""What a person may ask about their own data, and how it may be answered.

A ground is a word out of a list, never a text; the reasons beside it are sealed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal
from uuid import UUID

from msgspec import Meta

from ledger.request_events import Kind
from ledger.subject_commands import ErasureGround

Outcome = Literal["grant", "refuse"]
Ground = Literal[
    "pipl-44",
    "pipl-45",
    "pipl-46",
    "pipl-47",
    "cap486-18",
    "cap486-23",
    "cap486-26",
    "pipl-13-duty",
    "pipl-18-secrecy",
    "pipl-46-accurate",
    "pipl-47-retention",
    "cap486-20",
    "cap486-24",
    "cap486-26-kept",
]

GRANTED_ON: Final[Mapping[Kind, tuple[Ground, ...]]] = {
    "copy": ("pipl-45", "cap486-18"),
    "correction": ("pipl-46", "cap486-23"),
    "restriction": ("pipl-44",),
    "erasure": ("pipl-47", "cap486-26"),
    "objection": ("pipl-44",),
}
REFUSED_ON: Final[Mapping[Kind, tuple[Ground, ...]]] = {
    "copy": ("pipl-18-secrecy", "cap486-20"),
    "correction": ("pipl-46-accurate", "cap486-24"),
    "restriction": ("pipl-13-duty",),
    "erasure": ("pipl-13-duty", "pipl-47-retention", "cap486-26-kept"),
    "objection": ("pipl-13-duty",),
}
LAWS: Final[Mapping[Ground, str]] = {
    "pipl-44": "Personal Information Protection Law art. 44",
    "pipl-45": "Personal Information Protection Law art. 45",
    "pipl-46": "Personal Information Protection Law art. 46",
    "pipl-47": "Personal Information Protection Law art. 47",
    "cap486-18": "Personal Data (Privacy) Ordinance (Cap. 486) s. 18, 19",
    "cap486-23": "Personal Data (Privacy) Ordinance (Cap. 486) s. 23",
    "cap486-26": "Personal Data (Privacy) Ordinance (Cap. 486) s. 26",
    "pipl-13-duty": "Personal Information Protection Law art. 13(1)(3): a statutory duty",
    "pipl-18-secrecy": "Personal Information Protection Law art. 18, 35: secrecy by law",
    "pipl-46-accurate": "Personal Information Protection Law art. 46: they were found right",
    "pipl-47-retention": "Personal Information Protection Law art. 47: kept by law until a day",
    "cap486-20": "Personal Data (Privacy) Ordinance (Cap. 486) s. 20",
    "cap486-24": "Personal Data (Privacy) Ordinance (Cap. 486) s. 24",
    "cap486-26-kept": "Personal Data (Privacy) Ordinance (Cap. 486) s. 26(1): kept by law",
}
ERASED_ON: Final[Mapping[Ground, ErasureGround]] = {
    "pipl-47": "pipl-47",
    "cap486-26": "cap486-26",
}

Words = Annotated[str, Meta(max_length=4_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeRequest:
    """Ask something about one's own data; `words` say what of it, and why."""

    id: UUID
    kind: Kind
    case: UUID | None = None
    words: Words = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawRequest:
    """Ask it no more."""

    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideRequest:
    """Grant it, which carries it out, or refuse it; on a ground and with reasons."""

    id: UUID
    outcome: Outcome
    ground: Ground
    reason: Annotated[str, Meta(min_length=1, max_length=4_000)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkOverdue:
    """Say that nobody answered in time."""

    id: UUID


RequestCommand = MakeRequest | WithdrawRequest | DecideRequest | MarkOverdue
