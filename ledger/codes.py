"""Codes on paper in the log: each is recorded before it is shown to anybody."""

from datetime import datetime
from uuid import UUID

from ledger.actor import OWN, Actor
from ledger.application import Ledger
from ledger.case import Case
from ledger.code_events import CodeIssued, code_id
from ledger.entry import Entry
from ledger.errors import CaseNotFound, CommandRejected, NotAllowed


class Codes:
    """Records the codes of one ledger, and finds them again."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def decided(self, case_id: UUID, actor: Actor) -> Case:
        """Return the case, whose decision `actor` may have printed.

        Raises `CaseNotFound` as for no case at all, `NotAllowed` unless it is theirs,
        and `CommandRejected` until there is a decision.
        """
        case = self._ledger.find(case_id)
        own = actor.role in OWN and case is not None and actor.principal == case.subject
        if case is None or not (own or actor.authority == case.authority):
            raise CaseNotFound("there is no such case")
        if not own or not actor.may_touch(case.item):
            raise NotAllowed("a code is given to whoever applied")
        if case.decision is None:
            raise CommandRejected("nothing is decided yet that a code could say")
        return case

    def record(
        self, case: Case, actor: Actor, *, cti: bytes, salt: bytes, expires_at: datetime
    ) -> Entry:
        """Record that a code of `case` as it stands is given out; raises `Unavailable`."""
        now = self._ledger.now()
        event = CodeIssued(
            case=case.id,
            case_version=case.version,
            cti=cti.hex(),
            salt=salt,
            result=result_of(case),
            expires_at=expires_at,
        )
        entry = Entry(
            stream=code_id(cti.hex()),
            version=1,
            event=event,
            recorded_at=now,
            effective_at=now,
            actor=actor,
            item=case.item,
            item_version=case.item_version,
        )
        [recorded] = self._ledger.record([entry])
        return recorded

    def find(self, cti: bytes) -> Entry | None:
        """Return the entry of the code with this token id, if we gave it out."""
        entries = self._ledger.entries(code_id(cti.hex()), opened=False)
        return entries[0] if entries else None

    def case_of(self, event: CodeIssued) -> Case | None:
        """Return the case of a code as it stands now."""
        return self._ledger.find(event.case)


def result_of(case: Case) -> str:
    """Return what was decided, in a word: `granted`, `refused`, `granted_on_commitment`."""
    return "undecided" if case.decision is None else case.decision.lower()
