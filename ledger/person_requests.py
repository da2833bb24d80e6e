"""Persons' requests about their data in the log: one stream each, carried out when granted.

The grant and what it does to the person's data stand in one transaction, so neither
is ever there without the other. A copy is there for its person to fetch at any time;
a correction is made where the data are, and the reasons say where.
"""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from ledger.actor import CLOCK, Actor
from ledger.application import Ledger
from ledger.calendar import Calendar
from ledger.draft import Draft, Look, nothing
from ledger.entry import Entry
from ledger.errors import CaseNotFound
from ledger.holding import unseen
from ledger.person_request import PersonRequest, Progress, evolve_request, fold_request
from ledger.projections.request_list import RequestList
from ledger.projections.view import position, view_in
from ledger.request_commands import (
    ERASED_ON,
    LAWS,
    DecideRequest,
    MarkOverdue,
    RequestCommand,
    WithdrawRequest,
)
from ledger.request_events import RequestEvent, RequestGranted, RequestMade
from ledger.rules.requests import RequestContext, decide_request
from ledger.streams import entries_of, entry_now
from ledger.subject_commands import EraseSubject, RestrictSubject, SubjectCommand
from ledger.subject_events import Standing
from ledger.subjects import Subjects

MAINLAND = "CN"
_MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A request after a command, and where that is recorded."""

    request: PersonRequest
    position: int


def open_kinds(ledger: Ledger, folder: Path, subject: str, draft: Draft) -> frozenset[str]:
    """Return, for a job, what `subject` asks that nobody answered, however new.

    Raises `ViewBehind` where the view in `folder` is too far behind to tell.
    """
    with closing(view_in(folder, RequestList.name)) as db:
        known = position(db)
        which = {"subject": subject, "status": "open", "overdue": None, "after": 0}
        ids = {UUID(hex=row["id"]) for row in RequestList.page(db, **which, limit=_MOST)}
    for entry in unseen(ledger, known, draft):
        if isinstance(entry.event, RequestMade) and entry.subject == subject:
            ids.add(entry.stream)
    found = (fold_request(entries_of(ledger, id, draft)) for id in ids)
    return frozenset(
        each.kind for each in found if each is not None and each.status is Progress.OPEN
    )


class PersonRequests:
    """Gives commands about requests to the ledger of `region`, whose law sets the terms."""

    def __init__(self, ledger: Ledger, subjects: Subjects, region: str) -> None:
        self._ledger = ledger
        self._subjects = subjects
        self._region = region

    def find(self, id: UUID, *, opened: bool = True) -> PersonRequest:
        """Return a request as it stands, or raise `CaseNotFound`."""
        request = self._find(id, opened=opened)
        if request is None:
            raise CaseNotFound(f"there is no request {id}")
        return request

    def give(
        self,
        command: RequestCommand,
        actor: Actor,
        *,
        open: Look[str] = nothing,
        cases: Look[UUID] = nothing,
        others: Look[str] = nothing,
    ) -> Answered:
        """Apply `command`, durably; a grant is carried out with it.

        `open` finds the kinds the person already asks; `cases` and `others` what an
        erasure looks at. Raises what `decide_request` and `decide_subject` raise, and
        what comes of looking.
        """

        def job(draft: Draft) -> Answered:
            # Who decides has read it, which was recorded; deciding shows it to nobody.
            request = self._find(command.id, opened=isinstance(command, WithdrawRequest))
            subject = actor.principal if request is None else request.subject
            standing = self._ledger.standing(subject, draft)
            context = RequestContext(
                now=self._ledger.now(),
                actor=actor,
                region=self._region,
                calendar=self._calendar(),
                terms=self._ledger.book.request_terms,
                standing=standing,
                open=open(draft),
            )
            event = decide_request(command, request, context)
            version = 1 if request is None else request.version + 1
            entry = self._entry(command, event, actor, subject, version)
            done: list[Entry] = []
            if isinstance(event, RequestGranted) and request is not None:
                asked = _carried_out(request, event.ground, standing)
                done = self._subjects.decide(draft, asked, actor, cases=cases, others=others)
            # All of it is decided by now: what a job adds stays, also where it fails later.
            [added] = draft.add([entry], [])
            draft.add_of_person(done)
            return Answered(request=evolve_request(request, added), position=draft.head)

        return self._ledger.write(job)

    def mark_overdue(self, id: UUID) -> None:
        """Record that nobody answered in time."""
        self.give(MarkOverdue(id=id), CLOCK)

    def _find(self, id: UUID, *, opened: bool = True) -> PersonRequest | None:
        entries = self._ledger.entries(id, opened=opened)
        if entries and not isinstance(entries[0].event, RequestMade):
            raise CaseNotFound(f"{id} is a record of another kind, not a request")
        return fold_request(entries)

    def _calendar(self) -> Calendar:
        calendars = self._ledger.book.calendars
        return calendars.get(self._region) or calendars[MAINLAND]

    def _entry(
        self,
        command: RequestCommand,
        event: RequestEvent,
        actor: Actor,
        subject: str,
        version: int,
    ) -> Entry:
        law = LAWS[command.ground] if isinstance(command, DecideRequest) else None
        if isinstance(event, RequestMade):
            law = event.term
        return entry_now(
            self._ledger, command.id, version, event, actor, subject=subject, legal_basis=law
        )


def _carried_out(
    request: PersonRequest, ground: str, standing: Standing
) -> Iterable[SubjectCommand]:
    """Say what a grant does to the person's data, as they stand."""
    subject = request.subject
    if request.kind in ("restriction", "objection") and standing is Standing.FREE:
        yield RestrictSubject(subject=subject, basis="pipl-44")
    if request.kind == "erasure":
        basis = next(ERASED_ON[each] for each in ERASED_ON if each == ground)
        if standing is Standing.FREE:
            yield RestrictSubject(subject=subject, basis=basis)
        yield EraseSubject(subject=subject, basis=basis)
