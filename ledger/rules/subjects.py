"""Restrict, then erase: who may, on which ground, and not while a case is open.

An open case is a purpose not yet achieved (PIPL art. 47(1)), so until it is
over its person's data are restricted at most. What was begun goes on by what is
not personal; nothing new is begun with somebody restricted.
"""

from collections.abc import Iterable
from typing import assert_never

from ledger.actor import Actor, Role
from ledger.case import Case, Status
from ledger.errors import CommandRejected, NotAllowed
from ledger.subject_commands import (
    EraseSubject,
    LiftRestriction,
    RestrictSubject,
    SubjectCommand,
)
from ledger.subject_events import (
    RestrictionLifted,
    Standing,
    SubjectErased,
    SubjectEvent,
    SubjectRestricted,
)

ON_PERSONS = frozenset({Role.OPERATOR, Role.DATA_PROTECTION})
"""Who restricts and erases persons."""

_OVER = frozenset(
    {
        Status.CLOSED,
        Status.WITHDRAWN,
        Status.LAPSED,
        Status.REJECTED_AT_INTAKE,
        Status.NOT_REQUIRED,
    }
)


def decide_subject(
    command: SubjectCommand,
    standing: Standing,
    actor: Actor,
    cases: Iterable[Case],
    others: Iterable[str] = (),
    held: Iterable[str] = (),
) -> SubjectEvent:
    """Answer `command` about a person who has these `cases`, or raise why not.

    `others` name what goes on with partner regions: it has to be over as well. `held`
    are the reasons for which the data are held; while one stands they are not erased.
    """
    if actor.role not in ON_PERSONS:
        raise NotAllowed(
            "restricting and erasing are for the operator or the data-protection officer,"
            f" not the {actor.role}"
        )
    if standing is Standing.ERASED:
        raise CommandRejected("this person was erased; nothing is left to restrict or erase")
    match command:
        case RestrictSubject():
            if standing is Standing.RESTRICTED:
                raise CommandRejected("this person is restricted already; lift it or erase")
            return SubjectRestricted(ground=command.basis)
        case LiftRestriction():
            if standing is not Standing.RESTRICTED:
                raise CommandRejected("this person is not restricted; there is nothing to lift")
            return RestrictionLifted()
        case EraseSubject():
            if standing is not Standing.RESTRICTED:
                raise CommandRejected(
                    "restrict this person first; only then can they be erased"
                )
            if reasons := sorted(held):
                raise CommandRejected(
                    f"the data are held for {', '.join(reasons)}; release that"
                )
            check_over(cases, others)
            return SubjectErased(ground=command.basis)
        case _:
            assert_never(command)


def is_over(case: Case) -> bool:
    """Whether the purpose of a case is achieved, or given up."""
    return case.status in _OVER


def check_free(standing: Standing) -> None:
    """Raise `NotAllowed` where nothing new may be begun with a person."""
    if standing is Standing.RESTRICTED:
        raise NotAllowed(
            "this person's data are restricted; the operator has to lift that first"
        )
    if standing is Standing.ERASED:
        raise NotAllowed("this person was erased; begin with a new verification")


def check_over(cases: Iterable[Case], others: Iterable[str]) -> None:
    """Raise `CommandRejected` where a case is open, or something goes on elsewhere."""
    still = sorted(case.receipt or str(case.id) for case in cases if not is_over(case))
    going_on = sorted(others)
    if still:
        raise CommandRejected(
            f"the person has open cases: {', '.join(still[:10])}; close or withdraw them first"
        )
    if going_on:
        raise CommandRejected(
            f"something goes on with another region: {', '.join(going_on[:10])}; it has to be"
            " over first"
        )
