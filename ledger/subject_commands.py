"""What an operator may ask about a person's data, and the legal grounds there are.

A ground is a word out of this list, never a text: a text would end up telling
of the person in the one entry that outlives them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ErasureGround = Literal["pipl-47", "cap486-26"]
RestrictionGround = Literal["pipl-44", ErasureGround]
"""Whatever a person may be erased on, they may be restricted on."""

GROUNDS: Mapping[RestrictionGround, str] = {
    "pipl-44": "Personal Information Protection Law art. 44",
    "pipl-47": "Personal Information Protection Law art. 47",
    "cap486-26": "Personal Data (Privacy) Ordinance (Cap. 486) s. 26",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictSubject:
    """Keep the person's data and stop using them."""

    subject: str
    basis: RestrictionGround


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftRestriction:
    """Let the person's data be used again."""

    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseSubject:
    """Destroy the person's key, and with it whatever is known of them."""

    subject: str
    basis: ErasureGround


SubjectCommand = RestrictSubject | LiftRestriction | EraseSubject
