"""Restricting and erasing persons: what is recorded of it, in one stream a person.

An erasure is recorded first and carried out after (`ledger.erasure`). From that
entry on nobody is shown the person, and every server of the log knows it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from cose import cbor
from ledger.actor import Actor
from ledger.application import Ledger
from ledger.case import Case
from ledger.draft import Draft, Look, nothing
from ledger.entry import Entry
from ledger.errors import CommandRejected, CommandReused
from ledger.once import Once, Used
from ledger.rules.retention import civil_day, holds
from ledger.rules.subjects import decide_subject
from ledger.streams import entry_now
from ledger.subject_commands import GROUNDS, LiftRestriction, SubjectCommand
from ledger.subject_events import Standing, SubjectEvent, standing, subject_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """How a person's data stand after a command, and where that is recorded."""

    subject: str
    standing: Standing
    position: int


class Subjects:
    """Gives commands about persons to one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def standing(self, subject: str) -> Standing:
        """Return how the person's data stand; of a stranger, too."""
        return self._ledger.standing(subject)

    def give(
        self,
        command: SubjectCommand,
        actor: Actor,
        *,
        command_id: UUID,
        cases: Look[UUID],
        others: Look[str] = nothing,
    ) -> Changed:
        """Apply `command`, durably; a command id seen before gets the first answer again.

        `cases` are where to look for what is still open, and `others` name what else is
        going on; it is looked while nobody else writes. Raises what `decide_subject`
        raises, what comes of looking, `CommandRejected` for a subject nobody knows,
        `CommandReused` and `Unavailable`.
        """
        key = self._once(command, actor, command_id)

        def job(draft: Draft) -> Changed:
            stream = subject_id(command.subject)
            before = draft.used_for(key.key)
            if before is not None:
                return _again(command, self._ledger.of_person(stream, draft), key, before)
            new = self.decide(draft, [command], actor, cases=cases, others=others)
            draft.add_of_person(new, [key])
            return _changed(command, self._ledger.of_person(stream, draft))

        return self._ledger.write(job, keys=[key.key])

    def decide(
        self,
        draft: Draft,
        commands: Iterable[SubjectCommand],
        actor: Actor,
        *,
        cases: Look[UUID] = nothing,
        others: Look[str] = nothing,
    ) -> list[Entry]:
        """Answer `commands` about one person with entries still to be added, or refuse.

        For a job that does more in the same transaction; nothing is added by then.
        """
        new: list[Entry] = []
        today = civil_day(self._ledger.now())
        for command in commands:
            before = [*self._ledger.of_person(subject_id(command.subject), draft), *new]
            held = {each.reason for each in holds(before, today).values()}
            found = self._found(cases(draft), draft)
            going_on = others(draft)
            event = decide_subject(command, standing(before), actor, found, going_on, held)
            if self._ledger.keys.key(command.subject) is None:
                raise CommandRejected(
                    "nobody is known by this pseudonym; a case shows its `subject`"
                )
            new.append(self._entry(command, event, actor, version=len(before) + 1))
        return new

    def _found(self, cases: Iterable[UUID], draft: Draft) -> Iterator[Case]:
        found = (self._ledger.case(draft, case) for case in cases)
        return (case for case in found if case is not None)

    def _entry(
        self, command: SubjectCommand, event: SubjectEvent, actor: Actor, *, version: int
    ) -> Entry:
        basis = None if isinstance(command, LiftRestriction) else GROUNDS[command.basis]
        subject, stream = command.subject, subject_id(command.subject)
        return entry_now(
            self._ledger, stream, version, event, actor, subject=subject, legal_basis=basis
        )

    def _once(self, command: SubjectCommand, actor: Actor, command_id: UUID) -> Once:
        named = ["subject command", *actor.caller, command_id.bytes]
        return Once(
            key=sha256(cbor.encode(named)).digest(),
            body=self._ledger.fingerprint(command),
        )


def _again(
    command: SubjectCommand, entries: Iterable[Entry], key: Once, before: Used
) -> Changed:
    if before.body != key.body:
        raise CommandReused("this command id was used for another command")
    return _changed(command, [each for each in entries if each.position <= before.last])


def _changed(command: SubjectCommand, entries: list[Entry]) -> Changed:
    return Changed(
        subject=command.subject, standing=standing(entries), position=entries[-1].position
    )
