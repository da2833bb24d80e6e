"""What we agreed with partner regions about cases, and what data may pass to whom.

A hand-over happens only in an agreed mode and for an agreed item. Data of Hong
Kong residents came under the Greater Bay Area's contract, which forbids passing
them on outside it: elsewhere only a separate consent carries them. Which fields may
be asked about a person is not a matter of cases: that is `identity.policy`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final, Literal, get_args

from ledger.errors import CommandRejected

Mode = Literal["online", "collect", "joint"]
"""全程网办, 代收代办 and 多地联办 (State Council Office 2020/35)."""

ACROSS_REGIONS: Final = "State Council Office 2020/35"
"""The basis of handling a case across regions at all."""

Basis = Literal["duty", "consent", "gba-contract"]

BASES: Mapping[str, str] = {
    "duty": "Personal Information Protection Law art. 13(3): a statutory duty",
    "consent": "Personal Information Protection Law art. 23: separate consent",
    "gba-contract": "Standard Contract for the Cross-boundary Flow of Personal Information"
    " Within the Guangdong-Hong Kong-Macao Greater Bay Area",
}
"""Each word for a basis, and the law that is recorded with what rests on it."""

_CONTRACT = frozenset({"CN-GD", "CN-HK"})
_HONG_KONG: Mapping[str, str] = {
    "hkid": "",
    "hk_business_registration": "",
    "residence_permit": "81",
    "mainland_travel_permit": "H",
    "mainland_travel_permit_non_chinese": "H",
}
"""What the numbers of Hong Kong residents begin with, by the type of document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The modes and items agreed with one partner region; nothing else is handed over.

    Items are patterns, `*` for any.
    """

    modes: Collection[str]
    items: Collection[str]


Agreements = Mapping[str, Agreement]


def check_agreed(agreements: Agreements, region: str, mode: Mode, item: str) -> None:
    """Raise `CommandRejected` unless `item` may go to `region` in this mode."""
    agreement = agreements.get(region)
    if agreement is None:
        known = ", ".join(sorted(agreements)) or "none"
        raise CommandRejected(f"{region[:20]} is no partner region; known: {known}")
    if mode not in agreement.modes:
        agreed = ", ".join(sorted(agreement.modes)) or "none"
        raise CommandRejected(f"{mode} is not agreed with {region}; agreed: {agreed}")
    if not any(fnmatchcase(item, pattern) for pattern in agreement.items):
        raise CommandRejected(f"{item[:100]} is not among the items agreed with {region}")


def is_from_hong_kong(jurisdiction: str, claims: Mapping[str, str]) -> bool:
    """Say whether somebody's data are Hong Kong's, whoever vouched for them.

    They are by the document that was shown, also at a window of another region.
    """
    begins = _HONG_KONG.get(claims.get("document_type", ""))
    number = claims.get("document_number", "").strip().upper()
    return jurisdiction == "CN-HK" or (begins is not None and number.startswith(begins))


def check_may_pass(*, from_hong_kong: bool, region: str, basis: str) -> None:
    """Raise `CommandRejected` unless `basis` lets a person's data go to `region`."""
    if basis not in get_args(Basis):
        raise CommandRejected(f"basis: one of {', '.join(BASES)}, please")
    if from_hong_kong and region not in _CONTRACT and basis != "consent":
        raise CommandRejected(
            "basis: data of Hong Kong residents do not pass on outside the Greater Bay"
            " Area's contract; ask the person for a separate consent"
        )
    if basis == "gba-contract" and not (from_hong_kong and region in _CONTRACT):
        raise CommandRejected(
            "basis: the Greater Bay Area's contract is about Hong Kong residents and Guangdong"
        )
