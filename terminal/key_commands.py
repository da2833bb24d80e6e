"""The commands that exchange keys; each can be given again if it was cut short."""

import os
from contextlib import closing
from pathlib import Path

import click

from terminal.commands import Command


@click.command("rotate-master", cls=Command)
@click.pass_obj
def rotate_master(folder: Path) -> None:
    """Wrap every person's key under a new master key.

    The old one is destroyed after that. Cut short, it goes on when given again.
    """
    from ledger.opening_keys import rotate_master
    from terminal.opening import begun_home, settings_of

    home = begun_home(folder)
    with home.writing():
        rotate_master(home, os.urandom, settings_of(folder).keys)
    click.echo("keys/master: new; back up keys/ now, and destroy the copies of the old one")


@click.command("rotate-log-key", cls=Command)
@click.pass_obj
def rotate_log_key(folder: Path) -> None:
    """Sign the log with a new key from now on.

    What the old one signed still holds. The log tells both keys, and since when.
    """
    from ledger.log_keys import check_log_key, end_log_rotation, rotate_log_key
    from terminal.opening import begun_home, opening

    home = begun_home(folder)
    with home.writing():
        with closing(opening(home)()) as ledger:
            check_log_key(home, ledger)
            ledger.published.catch_up()
            rotate_log_key(home, ledger)
        with closing(opening(home)()) as ledger:
            end_log_rotation(home, ledger.published.keys.records)
            ledger.published.sign_anew()
            [*_, key] = ledger.published.keys.records
    click.echo(f"keys/log: new, {key.kid.hex()}; back up keys/ now")


COMMANDS = (rotate_master, rotate_log_key)
