"""What regions may ask of each other: which fields, for what, on which legal basis.

What was agreed with a partner decides, on the side that asks and again on the side
that answers. `tongban partner add` agrees to what it is given; a file that does not
say what was agreed leaves all open: see the defaults of `Agreement`. Personal data
from Hong Kong stay within the Greater Bay Area contract, which covers Hong Kong
and nine cities of Guangdong and forbids passing on, unless a basis of their own
is recorded for that partner. Whether a case may be handed over is not asked here:
that is a rule of the procedure, in `ledger.agreements`.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Final

from identity.bases import is_citation
from identity.documents import DOCUMENTS, Document, normalised
from identity.errors import NotAgreed

MODES: Final = ("online", "collect", "joint")
"""Wholly online 全程网办, collected here for there 代收代办, handled together 多地联办."""

FRESH: Final = timedelta(hours=24)
"""How long a partner's keys count without being confirmed, where a revocation matters."""

HONG_KONG: Final = "CN-HK"
_CONTRACT: Final = frozenset({HONG_KONG, "CN-GD"})
_CITIES: Final = frozenset(
    {
        "guangzhou",
        "shenzhen",
        "zhuhai",
        "foshan",
        "huizhou",
        "dongguan",
        "zhongshan",
        "jiangmen",
        "zhaoqing",
    }
)
_ITEM: Final = re.compile(r"(?!.*[0-9]{5})[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*")
"""An id as catalogues have it; it stands in clear for ever, and so names nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What one legal basis allows: fields that we may ask, and fields that we answer.

    Each is a pattern, `*` for any. `hong_kong` says that it also covers personal
    data from Hong Kong, outside the contract or beyond it.
    """

    ask: tuple[str, ...] = ("*",)
    answer: tuple[str, ...] = ("*",)
    hong_kong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What was agreed with a partner; `items` and the names of `bases` are patterns.

    A pattern takes citations of laws alone: what is asked on stands in clear for ever.
    """

    modes: tuple[str, ...] = MODES
    items: tuple[str, ...] = ("*",)
    bases: Mapping[str, Basis] = field(default_factory=lambda: {"*": Basis()})

    def basis(self, legal_basis: str) -> Basis | None:
        """Return what `legal_basis` allows; one named in full comes before a pattern."""
        if legal_basis in self.bases:
            return self.bases[legal_basis]
        if not is_citation(legal_basis):
            return None
        matching = (b for pattern, b in self.bases.items() if fnmatchcase(legal_basis, pattern))
        return next(matching, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What `region` agreed with others; `agreements` finds it by the other's name."""

    region: str
    agreements: Callable[[str], Agreement | None]

    def check_asking(
        self,
        home: str,
        *,
        fields: Iterable[str],
        purpose: str,
        legal_basis: str,
        from_hong_kong: bool,
    ) -> None:
        """Raise `NotAgreed` unless we may ask `home` these fields of somebody."""
        basis = self._basis(home, purpose, legal_basis)
        _check_fields(fields, basis.ask, "ask")
        self._check_contract(home, purpose, basis, from_hong_kong)

    def check_answering(
        self,
        asker: str,
        *,
        fields: Iterable[str],
        purpose: str,
        legal_basis: str,
        from_hong_kong: bool,
    ) -> None:
        """Raise `NotAgreed` unless `asker` may be answered these fields of somebody."""
        basis = self._basis(asker, purpose, legal_basis)
        _check_fields(fields, basis.answer, "answer")
        self._check_contract(asker, purpose, basis, from_hong_kong)

    def _agreement(self, region: str) -> Agreement:
        agreement = self.agreements(region)
        if agreement is None:
            raise NotAgreed(f"{region} is not a partner of ours")
        return agreement

    def _basis(self, region: str, purpose: str, legal_basis: str) -> Basis:
        agreement = self._agreement(region)
        if not _ITEM.fullmatch(purpose) or not _matches(purpose, agreement.items):
            raise NotAgreed(f"this purpose is not agreed with {region}")
        basis = agreement.basis(legal_basis)
        if basis is None:
            raise NotAgreed(
                f"this legal basis is not agreed with {region}: name one that the agreement"
                " names in full, or a law and its article, such as PIPL 13(1)(3)"
            )
        return basis

    def _check_contract(
        self, other: str, purpose: str, basis: Basis, from_hong_kong: bool
    ) -> None:
        parties = {self.region, other}
        concerned = HONG_KONG in parties or from_hong_kong
        if not concerned or basis.hong_kong or _is_within_contract(parties, purpose):
            return
        raise NotAgreed(
            "personal data from Hong Kong stay between Hong Kong and the nine cities of the"
            f" Greater Bay Area contract, and no other basis is recorded for {other}"
        )


def is_from_hong_kong(identifiers: Mapping[str, str]) -> bool:
    """Say whether these are the details of somebody from Hong Kong, by their document.

    Who brings none, or none that we can read, may well be: that counts as yes.
    """
    kind = identifiers.get("document_type")
    number = normalised(identifiers.get("document_number", ""))
    if kind not in DOCUMENTS or not number:
        return True
    match Document(kind):
        case Document.HKID | Document.HK_BUSINESS_REGISTRATION:
            return True
        case Document.RESIDENCE_PERMIT:
            return number.startswith("81")
        case Document.MAINLAND_TRAVEL_PERMIT | Document.MAINLAND_TRAVEL_PERMIT_NON_CHINESE:
            return number.startswith("H")
        case _:
            return False


def _is_within_contract(parties: set[str], purpose: str) -> bool:
    """Say whether both are of the contract, and the item is one of its cities'."""
    region, _, rest = purpose.partition(".")
    return parties == _CONTRACT and region == "gd" and rest.partition(".")[0] in _CITIES


def _check_fields(fields: Iterable[str], allowed: tuple[str, ...], doing: str) -> None:
    beyond = sorted(name for name in fields if not _matches(name, allowed))
    if beyond:
        raise NotAgreed(f"this basis does not allow to {doing} {', '.join(beyond)}")


def _matches(text: str, patterns: Collection[str]) -> bool:
    return "*" in patterns or any(fnmatchcase(text, pattern) for pattern in patterns)
