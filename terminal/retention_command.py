"""The command that shows whose data would go by themselves, and why."""

from datetime import datetime, timedelta
from pathlib import Path

import click

from terminal.answers import show, show_json
from terminal.commands import Command
from terminal.options import json_option


@click.command(cls=Command)
@click.option(
    "--until",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    help="The day to look ahead to, as 2036-12-31; today unless told.",
)
@json_option
@click.pass_obj
def retention(folder: Path, until: datetime | None, as_json: bool) -> None:
    """Show whose data would end, and when, by itself.

    That is as things stand now, by the periods that the service items name. Nothing is
    changed; the server does it on the day.
    """
    from ledger.retention import Retentions
    from terminal.opening import begun_home, reading, settings_of
    from terminal.tables import table

    home = begun_home(folder)
    grace = timedelta(days=settings_of(folder).retention_grace_days)
    with reading(folder) as (ledger, _):
        retentions = Retentions(ledger, home.views, grace)
        day = retentions.today() if until is None else until.date()
        due = list(retentions.due(day))
    if as_json:
        show_json(
            [
                {
                    "subject": each.ending.subject,
                    "what": each.what,
                    "on": each.on.isoformat(),
                    "last_day": each.ending.last_day.isoformat(),
                    "basis": each.ending.basis,
                    "items": list(each.ending.items),
                    "held_by": list(each.held_by),
                }
                for each in due
            ]
        )
        return
    rows = [
        (
            each.ending.subject,
            each.what,
            each.on.isoformat(),
            ", ".join(each.held_by or each.ending.items),
        )
        for each in due
    ]
    show(table(("SUBJECT", "WHAT", "FROM", "WHY"), rows))
    show([f"persons: {len(due):,}, up to {day.isoformat()}"])
