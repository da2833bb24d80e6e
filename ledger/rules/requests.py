"""Which requests about their data persons may make, and how each may be answered.

Making one is for the person, deciding for who answers for the data. A grant is
carried out where it is recorded, so what it does is refused here as well, by the
rules of restriction and erasure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from ledger.actor import Actor, Role
from ledger.calendar import Calendar
from ledger.consent import how_told
from ledger.errors import CaseNotFound, CommandRejected, NotAllowed
from ledger.person_request import PersonRequest, Progress
from ledger.request_commands import (
    GRANTED_ON,
    REFUSED_ON,
    DecideRequest,
    MakeRequest,
    MarkOverdue,
    RequestCommand,
    WithdrawRequest,
)
from ledger.request_events import (
    RequestEvent,
    RequestGranted,
    RequestMade,
    RequestOverdue,
    RequestRefused,
    RequestWithdrawn,
)
from ledger.request_terms import RequestTerms, term_for
from ledger.rules.consents import require_speaker
from ledger.rules.subjects import ON_PERSONS
from ledger.subject_events import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestContext:
    """The present for one decision; `open` are the kinds the person already asks."""

    now: datetime
    actor: Actor
    region: str
    calendar: Calendar
    terms: RequestTerms
    standing: Standing
    open: Iterable[str] = ()


def decide_request(
    command: RequestCommand, request: PersonRequest | None, context: RequestContext
) -> RequestEvent:
    """Answer `command` with the event that follows, or raise why not."""
    if context.standing is Standing.ERASED:
        raise NotAllowed("this person was erased; nothing is held that could be asked about")
    if isinstance(command, MakeRequest):
        return _made(command, request, context)
    if request is None:
        raise CaseNotFound(f"there is no request {command.id}")
    if request.status is not Progress.OPEN:
        raise CommandRejected(f"the request is {request.status} already; make another")
    match command:
        case WithdrawRequest():
            require_speaker(context.actor)
            if context.actor.principal != request.subject:
                raise CaseNotFound(f"there is no request {command.id}")
            return RequestWithdrawn()
        case DecideRequest():
            return _answered(command, request, context.actor)
        case MarkOverdue():
            if context.actor.role is not Role.CLOCK:
                raise NotAllowed("only the clock says that the day has passed")
            if request.overdue or context.now < request.ends_at:
                raise CommandRejected("the request is not newly overdue")
            return RequestOverdue(due=request.due)
        case _:
            assert_never(command)


def _made(
    command: MakeRequest, request: PersonRequest | None, context: RequestContext
) -> RequestMade:
    require_speaker(context.actor)
    if request is not None:
        raise CommandRejected("this request is made already")
    if command.kind in context.open:
        raise CommandRejected(
            f"kind: a request for {command.kind} is open; wait for its answer"
        )
    if command.kind in ("correction", "objection") and not command.words.strip():
        raise CommandRejected("words: say what is wrong, or what is not to be done")
    term = term_for(context.terms, context.region, command.kind)
    today = context.calendar.today(context.now)
    return RequestMade(
        kind=command.kind,
        how=how_told(context.actor),
        due=term.due(context.calendar, today),
        ends_at=term.ends_at(context.calendar, today),
        term=term.words,
        case=command.case,
        words=command.words,
    )


def _answered(
    command: DecideRequest, request: PersonRequest, actor: Actor
) -> RequestGranted | RequestRefused:
    if actor.role not in ON_PERSONS:
        raise NotAllowed(
            "a request is decided by the data-protection officer or the operator;"
            f" not by the {actor.role}"
        )
    grounds = GRANTED_ON if command.outcome == "grant" else REFUSED_ON
    if command.ground not in grounds[request.kind]:
        fitting = ", ".join(grounds[request.kind])
        raise CommandRejected(
            f"ground: to {command.outcome} a {request.kind}, one of {fitting}"
        )
    if command.outcome == "grant":
        return RequestGranted(ground=command.ground, reason=command.reason)
    return RequestRefused(ground=command.ground, reason=command.reason)
