"""Holds on persons' data in the log, beside how their data stand."""

from collections.abc import Sequence

from ledger.actor import Actor
from ledger.application import Ledger
from ledger.draft import Draft
from ledger.errors import CommandRejected
from ledger.hold_commands import HoldCommand
from ledger.retention_events import DataHeld
from ledger.rules.retention import civil_day, decide_hold, holds
from ledger.streams import next_entry
from ledger.subject_events import subject_id


class Holds:
    """Gives commands about holds to one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def of(self, subject: str) -> Sequence[DataHeld]:
        """Return the holds on a person's data that stand today."""
        entries = self._ledger.of_person(subject_id(subject))
        return [*holds(entries, civil_day(self._ledger.now())).values()]

    def give(self, command: HoldCommand, actor: Actor) -> None:
        """Apply `command`, durably; raises what `decide_hold` raises, and `Unavailable`.

        Raises `CommandRejected` for a subject nobody knows.
        """

        def job(draft: Draft) -> None:
            subject = command.subject
            stream = subject_id(subject)
            entries = self._ledger.of_person(stream, draft)
            today = civil_day(self._ledger.now())
            event = decide_hold(command, entries, actor, today=today)
            if self._ledger.keys.key(subject) is None:
                raise CommandRejected(
                    "nobody is known by this pseudonym; a case shows its `subject`"
                )
            entry = next_entry(self._ledger, draft, stream, event, actor, subject=subject)
            draft.add_of_person([entry])

        self._ledger.write(job)
