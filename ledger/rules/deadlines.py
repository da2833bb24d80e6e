"""A calendar's new notice may settle or move a deadline counted before it.

Never silently: the new day stands in an event, with the calendar's version. A
provisional deadline is settled, and a warning day or a notice that reaches
back into December moves one that seemed settled.
"""

from ledger.calendar import deadline
from ledger.case import Case
from ledger.commands import RecomputeDeadline
from ledger.errors import CommandRejected
from ledger.events import DeadlineRecomputed
from ledger.rules.context import Context, Decided


def recompute_deadline(
    command: RecomputeDeadline, case: Case, context: Context
) -> list[Decided]:
    """Count a running deadline again, from the same day, by today's calendar."""
    old = case.duties.get(command.duty)
    if old is None:
        raise CommandRejected(f"{command.duty} is not running")
    new = deadline(context.calendar, old.counted_from, old.working_days)
    if (new.due, new.provisional) == (old.due, old.provisional):
        raise CommandRejected(f"{command.duty} is the same by today's calendar")
    return [
        Decided(
            event=DeadlineRecomputed(duty=command.duty, deadline=new),
            effective_at=context.now,
            legal_basis=context.law("82"),
        )
    ]
