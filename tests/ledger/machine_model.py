"""What a ledger should answer and hold, in a few dictionaries.

It knows the way of a case only as steps in a row, and nothing of batches,
trees, files or views.
"""

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from ledger.errors import (
    CaseNotFound,
    CommandRejected,
    CommandReused,
    LedgerError,
    NotAllowed,
    PreconditionFailed,
    UsedBefore,
)
from ledger.subject_commands import (
    EraseSubject,
    LiftRestriction,
    RestrictSubject,
    SubjectCommand,
)
from ledger.subject_events import Standing
from tests.torture.asking import Ask, asks

Key = tuple[str | None, str, UUID]
Log = dict[int, list[int]]
"""For each case of a log the hours at which it was applied for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Where a command left its case, and the log."""

    version: int
    position: int


@dataclass(slots=True)
class Model:
    """One log; whatever returns an error has changed nothing."""

    head: int = 1
    names: dict[UUID, list[str]] = field(default_factory=dict)
    done: dict[UUID, int] = field(default_factory=dict)
    used: dict[Key, tuple[UUID, int, Answer]] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)
    standings: dict[str, Standing] = field(default_factory=dict)
    subjects: dict[UUID, str] = field(default_factory=dict)
    facts: dict[str, dict[int, Counter[int]]] = field(default_factory=dict)
    delivered: set[str] = field(default_factory=set)

    def ask(
        self, ask: Ask, command_id: UUID, *, expected: int | None, text: str | None
    ) -> Answer | type[LedgerError]:
        """Return what the ledger should answer."""
        key = ask.actor.authority, ask.actor.id, command_id
        if key in self.used:
            case_id, step, answer = self.used[key]
            return answer if (case_id, step) == (ask.case_id, ask.step) else CommandReused
        error = self._refusal(ask, expected, text)
        if error is not None:
            return error
        names = self.names.setdefault(ask.case_id, [])
        names += ask.adds
        self.head += len(ask.adds)
        self.done[ask.case_id] = ask.step + 1
        self.subjects.setdefault(ask.case_id, ask.actor.principal)
        if text is not None:
            self.texts.add(text)
        answer = Answer(version=len(names), position=self.head)
        self.used[key] = ask.case_id, ask.step, answer
        return answer

    def standing(self, subject: str) -> Standing:
        """Return how the data of a person should stand."""
        return self.standings.get(subject, Standing.FREE)

    def change(self, command: SubjectCommand) -> bool:
        """Return whether the command should be accepted, and take it if so."""
        subject = command.subject
        cases = [case_id for case_id, whose in self.subjects.items() if whose == subject]
        match command:
            case RestrictSubject():
                before, after = Standing.FREE, Standing.RESTRICTED
            case LiftRestriction():
                before, after = Standing.RESTRICTED, Standing.FREE
            case EraseSubject():
                before, after = Standing.RESTRICTED, Standing.ERASED
                if any(self.done[case_id] < len(asks(case_id)) for case_id in cases):
                    return False
        if not cases or self.standing(subject) is not before:
            return False
        self.standings[subject] = after
        self.head += 1
        return True

    def deliver(self, register: str, log: Log) -> tuple[int, int, int]:
        """Return how many facts should be new, the same, and contradicted."""
        name = f"{register} {log}"
        if name in self.delivered:
            return 0, sum(map(len, log.values())), 0
        known = self.facts.setdefault(register, {})
        mapping = 0 if self.delivered else 1
        self.delivered.add(name)
        new, same, conflicting = 0, 0, 0
        for case, hours in log.items():
            before, now = known.get(case, Counter()), Counter(hours)
            self.head += case not in known
            new += (now - before).total()
            same += (now & before).total()
            conflicting += (before - now).total()
            known[case] = now
        self.head += mapping + new + conflicting + 2
        return new, same, conflicting

    def _refusal(
        self, ask: Ask, expected: int | None, text: str | None
    ) -> type[LedgerError] | None:
        done = self.done.get(ask.case_id, 0)
        version = len(self.names.get(ask.case_id, []))
        if expected is not None and (not done or expected != version):
            return PreconditionFailed
        if text in self.texts:
            return UsedBefore
        if not done and ask.step:
            return CaseNotFound
        if not ask.step and self.standing(ask.actor.principal) is not Standing.FREE:
            return NotAllowed
        return None if ask.step == done else CommandRejected
