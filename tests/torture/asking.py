"""What the clients ask for: cases walked from their first day to their last.

Who asks for what follows from the seed, so whoever looks afterwards knows each
command, its id and what it adds, and can give it again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID, uuid5

from ledger.actor import Actor, Role
from ledger.application import Appended, Ledger
from ledger.commands import Command, SubmitApplication
from tests.ledger.cases import (
    ACCEPT,
    APPLICANT,
    CLOSE,
    FORM,
    GRANT,
    REVIEW,
    SERVE,
    VERIFIED,
    assured,
    files,
    official,
)
from tests.torture.plan import Life

_TORTURED = UUID("7b0f8f0e-5a51-4d0c-9d5e-0d5f6a3f3a11")
_ITEM = "gd.zhaoqing.food-operation-licence"
_AUTHORITY = "gd.zhaoqing.market-regulation"
_PATIENCE = 30
_SUBMIT = SubmitApplication(
    case_id=UUID(int=0),
    item=_ITEM,
    form=FORM,
    materials=files("application-form", "food-safety-rules", "layout-plan", "premises-proof"),
)
_CLERK, _REVIEWER, _APPROVER = (
    official(role, _AUTHORITY) for role in (Role.CLERK, Role.REVIEWER, Role.APPROVER)
)
_WAY: list[tuple[Command, Actor, tuple[str, ...]]] = [
    (_SUBMIT, APPLICANT, ("applicant.verified.v1", "application.received.v1")),
    (ACCEPT, _CLERK, ("application.accepted.v1",)),
    (REVIEW, _REVIEWER, ("case.reviewed.v1",)),
    (GRANT, _APPROVER, ("case.granted.v1",)),
    (SERVE, _CLERK, ("decision.served.v1",)),
    (CLOSE, _CLERK, ("case.closed.v1",)),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One command of one case; `adds` are the names of the events it brings about."""

    step: int
    command: Command
    actor: Actor
    adds: tuple[str, ...]

    @property
    def case_id(self) -> UUID:
        return self.command.case_id

    @property
    def nonces(self) -> list[str]:
        """The texts used once with it: opening a case has one of its own."""
        return [] if self.step else [f"nonce of {self.case_id}"]

    def of(self, ledger: Ledger) -> Appended:
        """Ask, and wait for the answer."""
        verified = replace(VERIFIED, assured=assured(datetime.now(UTC)))
        return ledger.submit(
            self.command,
            self.actor,
            command_id=uuid5(self.case_id, str(self.step)),
            verified=verified,
            once=self.nonces,
        ).result(_PATIENCE)


def asks(case_id: UUID, applicant: Actor = APPLICANT) -> list[Ask]:
    """Return everything that is asked of a case, in order."""
    return [
        Ask(
            step=step,
            command=replace(command, case_id=case_id),
            actor=applicant if actor is APPLICANT else actor,
            adds=adds,
        )
        for step, (command, actor, adds) in enumerate(_WAY)
    ]


def cases(life: Life, client: int, at_most: int) -> Iterator[UUID]:
    """Yield the cases that `client` opens in one life of the process."""
    for number in range(at_most):
        yield uuid5(_TORTURED, f"{life.seed} {life.number} {client} {number}")
