"""What a service item is: who decides it, for whom, with which materials and terms.

An item is fixed once published: a change is a new version beside the old one,
because a case stays under the version it was opened with.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import asdict

from ledger.agreements import Mode
from ledger.catalogue.retention import Retention
from ledger.errors import LedgerError, UnknownItem

Id = Annotated[str, Meta(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*\Z", max_length=100)]
Text = Annotated[str, Meta(min_length=1)]
Region = Annotated[str, Meta(pattern=r"^CN-[A-Z]{2}\Z")]
WorkingDays = Annotated[int, Meta(ge=1, le=365)]

Kind = Literal[
    "licence",
    "registration",
    "confirmation",
    "filing",
    "certificate",
    "benefit",
    "transfer",
    "theme",
]
Mechanism = Literal["cross_boundary", "cross_province", "one_thing", "double_tolerance"]
Credential = Literal["iamsmart", "pprd", "counter"]


BoundHow = Literal["self_asserted", "remote", "in_person", "register", "mainland_travel_permit"]
AuthenticatedHow = Literal["page", "step_up", "window"]


class CatalogueError(LedgerError):
    """A file of the catalogue does not hold; the message names file and field."""


class Names(Struct, frozen=True, forbid_unknown_fields=True):
    """A text in simplified and in Hong Kong's traditional characters, and in English."""

    hans: Text
    hant: Text
    en: Text


class Authority(Struct, frozen=True, forbid_unknown_fields=True):
    """Who decides; its calendar governs every term of its cases."""

    id: Id
    region: Region
    calendar: Text
    names: Names


class Material(Struct, frozen=True, forbid_unknown_fields=True):
    """Something to hand in. Only a secondary one may be owed (容缺)."""

    id: Id
    names: Names
    essential: bool
    deferrable: bool = False
    by_commitment: bool = False

    def __post_init__(self) -> None:
        if self.essential and self.deferrable:
            raise ValueError("an `essential` material cannot be `deferrable`")


class Terms(Struct, frozen=True, forbid_unknown_fields=True):
    """How long each step may take, in working days; `decide` is what was promised.

    `decide_basis` is the law that gives more than the Licensing Law's 20 (its art. 42).
    """

    intake: WorkingDays
    correction: WorkingDays
    supplement: WorkingDays
    decide: WorkingDays
    decide_statutory: WorkingDays
    serve: WorkingDays
    decide_basis: Text | None = None

    def __post_init__(self) -> None:
        if self.decide > self.decide_statutory:
            raise ValueError("`decide` is longer than `decide_statutory`")


class Joint(Struct, frozen=True, forbid_unknown_fields=True):
    """How long joint handling may take, in working days: an opinion, and the whole.

    `decide` takes the place of the statutory term from the first request on (Licensing
    Law art. 26, 42: at most 45).
    """

    opinion: WorkingDays
    decide: WorkingDays


class Commitment(Struct, frozen=True, forbid_unknown_fields=True):
    """What the applicant may promise instead of proving, and what a breach brings.

    With `signature`, they have to sign its wording with their provider.
    """

    text: Names
    breach: Names
    signature: bool = False

    @property
    def digests(self) -> dict[str, str]:
        """SHA-256 of the wording in each language, which whoever commits names."""
        wordings = asdict(self.text)
        return {each: sha256(text.encode()).hexdigest() for each, text in wordings.items()}


class AssuranceNeeded(Struct, frozen=True, forbid_unknown_fields=True):
    """What an item asks of how a person was verified, besides the level; empty is any."""

    bound_how: tuple[BoundHow, ...] = ()
    authenticated_how: tuple[AuthenticatedHow, ...] = ()
    authenticated_within_minutes: Annotated[int, Meta(ge=1, le=1440)] | None = None
    source_within_days: Annotated[int, Meta(ge=1, le=3650)] | None = None


class ServiceItem(Struct, frozen=True, forbid_unknown_fields=True):
    """One item in one version; `cross_boundary` lists where else applicants may live.

    `modes` are the ways it may be handled from another region (State Council Office
    2020/35). `commitment` is absent where State Council Office 2020/42 excludes it. A theme
    (一件事) lists the items it joins in `parts`; it is one case of its own, and opens
    none for them. Without a `retention` nothing of its cases ends by itself.
    """

    id: Id
    version: Annotated[int, Meta(ge=1)]
    authority: Id
    kind: Kind
    mechanism: Mechanism
    cross_boundary: tuple[Region, ...]
    names: Names
    materials: Annotated[tuple[Material, ...], Meta(min_length=1)]
    terms: Terms
    credentials: Annotated[tuple[Credential, ...], Meta(min_length=1)]
    least_assurance: Annotated[int, Meta(ge=1, le=3)]
    legal_basis: Annotated[tuple[Text, ...], Meta(min_length=1)]
    assurance: AssuranceNeeded | None = None
    commitment: Commitment | None = None
    modes: tuple[Mode, ...] = ("online",)
    joint: Joint | None = None
    parts: tuple[Id, ...] = ()
    retention: Retention | None = None
    notes: str | None = None

    def __post_init__(self) -> None:
        ids = [material.id for material in self.materials]
        if len(set(ids)) != len(ids):
            raise ValueError("two `materials` have the same `id`")
        if self.commitment is None and any(m.by_commitment for m in self.materials):
            raise ValueError("a material is `by_commitment`, and `commitment` is missing")
        if ("joint" in self.modes) != (self.joint is not None):
            raise ValueError("`joint` belongs to the mode `joint`, and to no other")
        if bool(self.parts) != (self.kind == "theme"):
            raise ValueError("`parts` belong to the kind `theme`, and to no other")

    @property
    def asks_again(self) -> bool:
        """Whether who the applicant is has to be sure still on the day of the grant."""
        return self.least_assurance >= 3 or self.assurance is not None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every authority, and every version of every item."""

    authorities: Mapping[str, Authority]
    items: Mapping[tuple[str, int], ServiceItem]

    def item(self, item_id: str, version: int) -> ServiceItem:
        """Return an item as a case was opened under it, or raise `UnknownItem`."""
        try:
            return self.items[item_id, version]
        except KeyError:
            raise UnknownItem(f"no service item {item_id!r} in version {version}") from None

    def current(self, item_id: str) -> ServiceItem:
        """Return the newest version of an item, or raise `UnknownItem`."""
        versions = [version for known, version in self.items if known == item_id]
        if not versions:
            raise UnknownItem(f"no service item {item_id!r}")
        return self.items[item_id, max(versions)]

    def all_current(self) -> tuple[ServiceItem, ...]:
        """Return every item in its newest version, by id."""
        return tuple(self.current(item_id) for item_id in sorted({id for id, _ in self.items}))

    def authority(self, authority_id: str) -> Authority:
        """Return who decides; every item's authority is known once it was loaded."""
        try:
            return self.authorities[authority_id]
        except KeyError:
            raise CatalogueError(f"no authority {authority_id!r}") from None
