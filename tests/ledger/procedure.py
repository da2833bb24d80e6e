"""One case, driven through the rules step by step, and shortcuts to each of its states."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Self

from ledger.actor import Actor
from ledger.calendar import Calendar
from ledger.case import Case, Status, evolve
from ledger.catalogue import ServiceItem
from ledger.commands import Command, RequestCorrection
from ledger.entry import Entry
from ledger.rules import Context, SignedDocument, Verified, decide
from tests.ledger.cases import (
    ACCEPT,
    ALL,
    APPLICANT,
    APPROVER,
    AUTHORITIES,
    CALENDARS,
    CASE,
    CLERK,
    CLOSE,
    GRANT,
    ITEM,
    NOON,
    REVIEW,
    REVIEWER,
    SERVE,
    SUBMIT,
    TOLERATE,
    VERIFIED,
)


class Procedure:
    """One case, decided and folded step by step; time moves only when it is told to."""

    def __init__(self, *, item: ServiceItem = ITEM, now: datetime = NOON) -> None:
        self.item = item
        self.authority = AUTHORITIES[item.authority]
        self.calendar: Calendar = CALENDARS[self.authority.calendar]
        self.now = now
        self.verified: Verified | None = VERIFIED
        self.signed: SignedDocument | None = None
        self.taken_back = False
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
            signed=self.signed,
            taken_back=self.taken_back,
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
