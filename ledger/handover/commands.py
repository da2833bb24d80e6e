"""What someone may ask of a hand-over at our side of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from ledger.agreements import Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginHandover:
    """Take an application for an authority of the region `to`, in the session of a clerk.

    The window is the office of that clerk: `window` may say it, and no other. Whoever
    else checked the form or the identity is named by their pseudonym.
    """

    handover: UUID
    mode: Literal["collect"]
    to: str
    item: str
    basis: Basis
    form: Mapping[str, str] = field(repr=False)
    materials: Mapping[str, str] = field(default_factory=dict, repr=False)
    window: str | None = None
    form_checked_by: str | None = None
    identity_checked_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectHandover:
    """Bring what the home authority's notice named."""

    handover: UUID
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    materials: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementHandover:
    """Bring materials still owed there, or to go with our opinion."""

    handover: UUID
    materials: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveOpinion:
    """Answer the authority that asked us; it decides."""

    handover: UUID
    recommendation: Literal["grant", "refuse", "none"]
    findings: str = field(repr=False)
    materials: Mapping[str, str] = field(default_factory=dict, repr=False)


HandoverCommand = BeginHandover | CorrectHandover | SupplementHandover | GiveOpinion
