"""Made-up items, people and cases, and a procedure that drives one case through the rules.

`ITEM` is decided in Guangdong, `HK_ITEM` in Hong Kong; otherwise they are the
same. A case starts on `NOON`, a Tuesday with Spring Festival inside its terms.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Self
from uuid import UUID

import msgspec

from ledger.actor import Actor, Channel, Role
from ledger.application import Book
from ledger.calendar import Calendar, load_calendars
from ledger.case import Case, Status, evolve
from ledger.catalogue import Authority, Catalogue, ServiceItem
from ledger.commands import (
    AcceptApplication,
    AcceptWithTolerance,
    CloseCase,
    Command,
    Deferral,
    GrantCase,
    RequestCorrection,
    ReviewCase,
    ServeDecision,
    SignCommitment,
    SubmitApplication,
    SubmitCorrection,
    SubmitSupplement,
)
from ledger.entry import Entry
from ledger.rules import Context, Verified, decide


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

VERIFIED = Verified(
    verification=UUID("aaaaaaaa-0000-4000-8000-000000000001"),
    jurisdiction="CN-HK",
    method="iamsmart",
    assurance=3,
    verified_at=NOON - timedelta(minutes=3),
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


class Procedure:
    """One case, decided and folded step by step; time moves only when it is told to."""

    def __init__(self, *, item: ServiceItem = ITEM, now: datetime = NOON) -> None:
        self.item = item
        self.authority = AUTHORITIES[item.authority]
        self.calendar: Calendar = CALENDARS[self.authority.calendar]
        self.now = now
        self.verified: Verified | None = VERIFIED
        self._case: Case | None = None
        self.entries: list[Entry] = []

    @property
    def case(self) -> Case:
        """The case as it stands; it has been received."""
        assert self._case is not None
        return self._case

    @property
    def status(self) -> Status:
        return self.case.status

    def decide(self, command: Command, by: Actor) -> list[Any]:
        """What the rules answer now, each a `Decided`; nothing changes."""
        context = Context(
            now=self.now,
            actor=by,
            item=self.item,
            authority=self.authority,
            calendar=self.calendar,
            verified=self.verified,
        )
        return [*decide(command, self._case, context)]

    def do(self, command: Command, by: Actor) -> Self:
        """Decide, and let the case become what follows."""
        for decided in self.decide(command, by):
            entry = Entry(
                stream=command.case_id,
                version=len(self.entries) + 1,
                event=decided.event,
                recorded_at=self.now,
                effective_at=decided.effective_at,
                actor=by,
                legal_basis=decided.legal_basis,
                item=self.item.id,
                item_version=self.item.version,
                subject=self._case.subject if self._case else by.principal,
            )
            self.entries.append(entry)
            self._case = evolve(self._case, entry)
        return self

    def at(self, moment: datetime) -> Self:
        self.now = moment
        return self


def received(*lacking: str, item: ServiceItem = ITEM, now: datetime = NOON) -> Procedure:
    """A case just received, without the materials `lacking`."""
    there = {kind: digest for kind, digest in ALL.items() if kind not in lacking}
    submit = replace(SUBMIT, item=item.id, materials=there)
    return Procedure(item=item, now=now).do(submit, APPLICANT)


def correcting(*told: str) -> Procedure:
    """A case whose applicant was told that `told` are wanting."""
    notice = RequestCorrection(case_id=CASE, deficiencies=dict.fromkeys(told, "missing"))
    return received(*(kind for kind in told if kind in ALL)).do(notice, CLERK)


def accepted(*lacking: str) -> Procedure:
    return received(*lacking).do(ACCEPT, CLERK)


def tolerated() -> Procedure:
    """A case accepted although its plan is still owed."""
    return received("plan").do(TOLERATE, CLERK)


def reviewed(*lacking: str) -> Procedure:
    return accepted(*lacking).do(REVIEW, REVIEWER)


def granted() -> Procedure:
    return reviewed().do(GRANT, APPROVER)


def served() -> Procedure:
    return granted().do(SERVE, CLERK)


def closed() -> Procedure:
    return served().do(CLOSE, CLERK)


def correction(*kinds: str, form: bool = False) -> SubmitCorrection:
    return SubmitCorrection(case_id=CASE, form=FORM if form else {}, materials=files(*kinds))


def supplement(*kinds: str) -> SubmitSupplement:
    return SubmitSupplement(case_id=CASE, materials=files(*kinds))
