"""`tongban migrate`: a home of an older form is brought up to ours."""

from pathlib import Path

import click

from terminal.answers import show, show_json
from terminal.commands import Command
from terminal.options import json_option


@click.command(cls=Command)
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
@json_option
@click.pass_obj
def migrate(folder: Path, dry_run: bool, as_json: bool) -> None:
    """Bring a home of an older version up to this one.

    Make a backup first. The log's entries stay as they were written, and views are made
    anew. Given again it does nothing; cut short, it goes on.
    """
    from ledger.home_format import FORMAT, format_of, pending
    from terminal.opening import begun_home, reading

    home = begun_home(folder)
    form, steps = format_of(folder), pending(folder)
    if not dry_run:
        with home.writing(migrate=True):
            pass
        # It catches up, and makes anew what views of another version there are.
        with reading(folder):
            pass
    if as_json:
        done = [] if dry_run else [step.to for step in steps]
        show_json({"form": form, "to": FORMAT, "done": done})
        return
    lines = [f"to form {step.to}: {step.does}" for step in steps]
    end = "nothing was done" if dry_run or not steps else "done"
    show([f"form {form} of {FORMAT}", *lines, end])


COMMANDS = (migrate,)
