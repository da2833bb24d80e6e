"""What personal data are used for: a register, as data, that anyone may read.

Every service item is a purpose, carried by the authority's duty. The rest is in
`purposes.json`. A purpose that rests on consent has the words to agree to, whose
version and digest say for ever which they were: other words are another version.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from ledger.catalogue.model import (
    Authority,
    Catalogue,
    CatalogueError,
    Id,
    Names,
    ServiceItem,
    Text,
)
from ledger.catalogue.retention import Retention
from ledger.datafile import read

HAND_OVER: Final = "partner-hand-over"
"""Passing data of a case to another region, where no duty or contract carries it."""
PERMIT_BINDING: Final = "permit-binding"
"""Checking a travel permit and binding it to an account."""
EVIDENCE_REUSE: Final = "evidence-reuse"
"""Using again, for another case, what somebody handed in for one."""

ACCOUNT: Final = "account"
"""Knowing who somebody is, whatever they apply for."""

Carried = Literal["duty", "consent"]
Language = Literal["zh-Hans", "zh-Hant", "en"]

_MAINLAND: Final = "Personal Information Protection Law art. 13(1)(3): a statutory duty"
_ELSEWHERE: Final = "Personal Data (Privacy) Ordinance (Cap. 486) DPP 1(1)"
_OF_ITEMS: Final = ("identity", "form", "materials", "progress")


class Wording(Struct, frozen=True, forbid_unknown_fields=True):
    """The words somebody agrees to; `by_recipient` where each region is agreed to by name."""

    version: Annotated[int, Meta(ge=1)]
    text: Names
    by_recipient: bool = False

    def words(self, language: Language) -> str:
        """Return the words in that language."""
        return _IN[language](self.text)

    def digest(self, language: Language) -> str:
        """Return the SHA-256 of the words in that language, in hex."""
        return sha256(self.words(language).encode()).hexdigest()


_IN: Mapping[Language, Callable[[Names], str]] = {
    "zh-Hans": lambda text: text.hans,
    "zh-Hant": lambda text: text.hant,
    "en": lambda text: text.en,
}


class Purpose(Struct, frozen=True, forbid_unknown_fields=True):
    """One purpose: what carries it, which kinds of data it takes, and who gets them.

    `categories` are words for kinds of data, `recipients` for kinds of offices. Without
    a `retention` the data are kept as long as the case or account they belong to.
    """

    id: Id
    names: Names
    carried_by: Carried
    legal_basis: Annotated[tuple[Text, ...], Meta(min_length=1)]
    categories: Annotated[tuple[Id, ...], Meta(min_length=1)]
    recipients: Names
    retention: Retention | None = None
    wording: Wording | None = None

    def __post_init__(self) -> None:
        if self.wording is not None and self.carried_by != "consent":
            raise ValueError("`wording` is agreed to, so it is `carried_by` consent")


Purposes = Mapping[str, Purpose]


def load_purposes(extra: Path | None = None) -> Purposes:
    """Read ours, and `purposes.json` of an operator's catalogue beside them.

    It adds and never replaces: a purpose is what people were told of and agreed to.
    """
    places: list[Traversable] = [files("ledger.catalogue")]
    if extra is not None and (extra / "purposes.json").is_file():
        places.append(extra)
    known: dict[str, Purpose] = {}
    for place in places:
        file = place / "purposes.json"
        for n, purpose in enumerate(read(file, tuple[Purpose, ...], CatalogueError)):
            if purpose.id in known:
                raise CatalogueError(
                    f"{file.name}: duplicate purpose {purpose.id!r} - at `$[{n}].id`"
                )
            known[purpose.id] = purpose
    return known


def all_purposes(fixed: Purposes, catalogue: Catalogue) -> list[Purpose]:
    """Return the whole register, by id: the `fixed` ones and a purpose an item."""
    items = (
        _of_item(item, catalogue.authority(item.authority)) for item in catalogue.all_current()
    )
    return sorted([*fixed.values(), *items], key=lambda purpose: purpose.id)


def _of_item(item: ServiceItem, authority: Authority) -> Purpose:
    """A service item is its authority's statutory duty."""
    duty = _MAINLAND if authority.calendar == "CN" else _ELSEWHERE
    return Purpose(
        id=item.id,
        names=item.names,
        carried_by="duty",
        legal_basis=(*item.legal_basis, duty),
        categories=_OF_ITEMS,
        recipients=authority.names,
        retention=item.retention,
    )
