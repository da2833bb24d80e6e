"""A deadline that fell in an unannounced year is settled when its notice comes.

Never silently: the new day stands in an event, with the calendar's version.
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
    """Count a provisional deadline again, from the same day, by today's calendar."""
    old = case.duties.get(command.duty)
    if old is None or not old.provisional:
        raise CommandRejected(f"{command.duty} is not provisional")
    new = deadline(context.calendar, old.counted_from, old.working_days)
    if new.provisional:
        raise CommandRejected(f"the calendar for {command.duty} is not announced yet")
    return [
        Decided(
            event=DeadlineRecomputed(duty=command.duty, deadline=new),
            effective_at=context.now,
            legal_basis="Licensing Law art. 82",
        )
    ]
