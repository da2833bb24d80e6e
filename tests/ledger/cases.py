"""Made-up items, people and commands.

`ITEM` is decided in Guangdong, `HK_ITEM` in Hong Kong; otherwise they are the
same. Cases start on `NOON`, a Tuesday with Spring Festival inside their terms.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from ledger.actor import Actor, Channel, Role
from ledger.application import Book
from ledger.assurance import Assured
from ledger.calendar import load_calendars
from ledger.catalogue import Authority, Catalogue, ServiceItem
from ledger.commands import (
    AcceptApplication,
    AcceptWithTolerance,
    CloseCase,
    Deferral,
    GrantCase,
    ReviewCase,
    ServeDecision,
    SignCommitment,
    SubmitApplication,
    SubmitCorrection,
    SubmitSupplement,
)
from ledger.rules import Verified


def at(text: str) -> datetime:
    """A moment on a mainland clock, such as `2026-02-10 12:00`."""
    return datetime.fromisoformat(f"{text}+08:00")


NOON = at("2026-02-10 12:00")
A_MOMENT = timedelta(microseconds=1)
CASE = UUID("11111111-2222-4333-8444-555555555555")
CALENDARS = load_calendars()

_NAMES = {"hans": "某", "hant": "某", "en": "some"}
_TEXT = {"hans": "我承诺有此场所。", "hant": "我承諾有此場所。", "en": "I have the premises."}
_ITEM = {
    "id": "gd.shop-licence",
    "version": 1,
    "authority": "gd.shops",
    "kind": "licence",
    "mechanism": "cross_boundary",
    "cross_boundary": ["CN-HK"],
    "names": _NAMES,
    "materials": [
        {"id": "application", "names": _NAMES, "essential": True},
        {"id": "plan", "names": _NAMES, "essential": False, "deferrable": True},
        {"id": "premises", "names": _NAMES, "essential": False, "by_commitment": True},
    ],
    "terms": {
        "intake": 5,
        "correction": 10,
        "supplement": 15,
        "decide": 10,
        "decide_statutory": 20,
        "serve": 3,
    },
    "credentials": ["iamsmart"],
    "least_assurance": 2,
    "legal_basis": ["a made-up law"],
    "commitment": {"text": _TEXT, "breach": _NAMES},
}
ITEM = msgspec.convert(_ITEM, ServiceItem)
HK_ITEM = msgspec.convert(
    _ITEM | {"id": "hk.shop-licence", "authority": "hk.shops", "cross_boundary": ["CN-GD"]},
    ServiceItem,
)


def item_with(marks: dict[str, bool], **changes: Any) -> ServiceItem:
    """`ITEM` with its secondary materials marked otherwise, and other `changes`."""
    first, *secondary = msgspec.to_builtins(ITEM.materials)
    materials = [first, *(material | marks for material in secondary)]
    return msgspec.convert(
        msgspec.to_builtins(ITEM) | {"materials": materials} | changes, ServiceItem
    )


AUTHORITIES = {
    name: msgspec.convert(
        {"id": name, "region": region, "calendar": calendar, "names": _NAMES}, Authority
    )
    for name, region, calendar in [("gd.shops", "CN-GD", "CN"), ("hk.shops", "CN-HK", "CN-HK")]
}
BOOK = Book(
    catalogue=Catalogue(AUTHORITIES, {(i.id, i.version): i for i in (ITEM, HK_ITEM)}),
    calendars=CALENDARS,
)


def applicant(name: str = "applicant-1") -> Actor:
    return Actor(role=Role.APPLICANT, id=name, principal=name, channel=Channel.PORTAL)


def official(role: Role, authority: str = "gd.shops", id: str | None = None) -> Actor:
    return Actor(
        role=role,
        id=id or f"{role}-1",
        principal=authority,
        channel=Channel.WINDOW,
        authority=authority,
    )


APPLICANT = applicant()
AGENT = Actor(role=Role.AGENT, id="agent-1", principal="applicant-1", channel=Channel.PORTAL)
CLERK, REVIEWER, APPROVER = map(official, (Role.CLERK, Role.REVIEWER, Role.APPROVER))


def assured(at: datetime, **changes: Any) -> Assured:
    """How surely somebody is known who was at their provider's page at that time."""
    parts = {
        "level": 3,
        "bound_how": "in_person",
        "bound_by": "CN-HK",
        "authenticated_how": "page",
        "authenticated_at": at,
    }
    return Assured(**{**parts, **changes})


VERIFIED = Verified(
    verification=UUID("aaaaaaaa-0000-4000-8000-000000000001"),
    jurisdiction="CN-HK",
    method="iamsmart",
    assured=assured(NOON - timedelta(minutes=3)),
)

FORM = {"shop": "Chan Tai Man's shop"}


def files(*kinds: str) -> dict[str, str]:
    """A digest for each kind of material."""
    return {kind: sha256(kind.encode()).hexdigest() for kind in kinds}


ALL = files("application", "plan", "premises")
SUBMIT = SubmitApplication(case_id=CASE, item=ITEM.id, form=FORM, materials=ALL)
ACCEPT = AcceptApplication(case_id=CASE)
REVIEW = ReviewCase(case_id=CASE, recommendation="grant", findings="all in order")
GRANT = GrantCase(case_id=CASE, result="licence 1")
SERVE = ServeDecision(case_id=CASE, means="online: portal inbox")
CLOSE = CloseCase(case_id=CASE)
TOLERATE = AcceptWithTolerance(
    case_id=CASE,
    deferred=(Deferral(material="plan", form="original", consequence="the case lapses"),),
)
COMMIT = SignCommitment(
    case_id=CASE,
    materials=("premises",),
    text_digest=sha256(_TEXT["hans"].encode()).hexdigest(),
)


def correction(*kinds: str, form: bool = False) -> SubmitCorrection:
    return SubmitCorrection(case_id=CASE, form=FORM if form else {}, materials=files(*kinds))


def supplement(*kinds: str) -> SubmitSupplement:
    return SubmitSupplement(case_id=CASE, materials=files(*kinds))
