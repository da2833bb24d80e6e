"""Commands that keep a home: backup, restore, and the drill that tries whether both do."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from terminal.answers import show, show_json
from terminal.commands import Command
from terminal.options import json_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger.application import Ledger
    from ledger.home import Home
    from service.settings import Settings

_FOLDER = click.Path(file_okay=False, path_type=Path)
_THERE = click.Path(exists=True, file_okay=False, readable=True, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.command(cls=Command)
@click.argument("into", type=_FOLDER)
@click.option("--keys", type=_FOLDER, required=True, help="Another folder, for the secrets.")
@click.option("--base", type=_THERE, help="An earlier backup, whose materials are linked to.")
@json_option
@click.pass_obj
def backup(folder: Path, into: Path, keys: Path, base: Path | None, as_json: bool) -> None:
    """Copy a home to INTO, also while it is served.

    The keys go to a folder of their own: keep it elsewhere, and only the newest.
    Both are new folders, whole or not there.
    """
    from ledger.keeping import Source, back_up
    from terminal.opening import beside, settings_of
    from terminal.progress import progress

    settings = settings_of(folder)
    with beside(folder) as (home, ledger), progress() as watch:
        source = Source(
            home=home,
            ledger=ledger,
            materials=settings.materials or home.materials,
            keys=settings.keys,
        )
        log, secret = back_up(source, into, keys, watch, base=base)
    told = {
        "log": log.origin,
        "position": log.position,
        "root": log.root.hex(),
        "made_at": log.made_at.isoformat(),
        "files": len(log.files) + len(secret.files),
        "bytes": log.size + secret.size,
    }
    if as_json:
        show_json(told)
    else:
        show([f"{into}: {log.position:,} entries, {told['files']:,} files, {_size(told)}"])


@click.command(cls=Command)
@click.argument("kept", type=_THERE)
@click.option("--keys", type=_THERE, required=True, help="The keys of it, or later ones.")
@click.option(
    "--erasures", type=_FILE, help="The list to repeat.  [default: that of TONGBAN_ERASURES]"
)
@json_option
@click.pass_obj
def restore(folder: Path, kept: Path, keys: Path, erasures: Path | None, as_json: bool) -> None:
    """Make the backup KEPT a home again.

    The home must be empty, or not there. Everything is proven first, and what was
    decided about persons since is repeated. Exits with 1 where some of it was not.
    """
    from ledger.keeping import Shared, restore
    from ledger.standing_list import read_listed
    from terminal.opening import settings_of
    from terminal.progress import progress

    settings = settings_of(folder)
    if erasures is None and settings.erasures is not None and settings.erasures.exists():
        erasures = settings.erasures
    listed = [] if erasures is None else read_listed(erasures)
    shared = Shared(
        database=settings.database, keys=settings.keys, materials=settings.materials
    )
    with progress() as watch:
        done = restore(
            kept,
            keys,
            folder,
            opening=_alone(settings),
            random=os.urandom,
            listed=listed,
            shared=shared,
            watch=watch,
        )
    told = {
        "log": done.manifest.origin,
        "position": done.manifest.position,
        "root": done.manifest.root.hex(),
        "kept_at": done.manifest.made_at.isoformat(),
        "repeated": done.repeated.recorded,
        "not_repeated": list(done.repeated.left),
    }
    if as_json:
        show_json(told)
    else:
        show(
            [
                f"{folder}: {done.manifest.position:,} entries, as of {told['kept_at']}",
                f"repeated of what was decided about persons since: {done.repeated.recorded}",
                *(f"not carried out yet: {each}" for each in done.repeated.left),
            ]
        )
        show([_NO_LIST if erasures is None else _ASIDE.format(erasures)], err=True)
    click.get_current_context().exit(1 if done.repeated.left else 0)


@click.command(cls=Command)
@click.argument("kept", type=_THERE)
@click.option("--keys", type=_THERE, required=True, help="The keys of it, or later ones.")
@click.option("--scratch", type=_THERE, help="Where to try it.  [default: the system's]")
@json_option
@click.pass_obj
def drill(folder: Path, kept: Path, keys: Path, scratch: Path | None, as_json: bool) -> None:
    """Try whether the backup KEPT would do.

    It is restored beside the home, proven to be a beginning of its log, and folded:
    every view has to be what it was here. Exits with 1 otherwise; nothing is left.
    """
    from ledger.keeping import drill
    from terminal.drilled import drill_lines, drill_shown
    from terminal.opening import beside, settings_of
    from terminal.progress import progress

    settings = settings_of(folder)
    with beside(folder) as (home, live), progress() as watch:
        found = drill(
            kept,
            keys,
            live=live,
            live_home=home,
            opening=_alone(settings),
            random=os.urandom,
            scratch=scratch,
            watch=watch,
        )
    show_json(drill_shown(found)) if as_json else show(drill_lines(found))
    click.get_current_context().exit(0 if found.passed else 1)


COMMANDS = (backup, restore, drill)


def _alone(settings: "Settings") -> "Callable[[Home], Ledger]":
    """Return what opens a home that shares nothing, with the data files of these settings."""
    from ledger.opening import open_ledger
    from service.edge import now

    def opening(home: "Home") -> "Ledger":
        return open_ledger(
            home,
            clock=now,
            random=os.urandom,
            items=settings.items,
            calendars=settings.calendars,
        )

    return opening


def _size(told: dict[str, Any]) -> str:
    return f"{told['bytes'] / 1_000_000:,.1f} MB"


_NO_LIST = (
    "no list of erasures was given: whoever was erased since the backup can be read again;"
    " find the list (`erasures` of the lost home), and restore with --erasures"
)
_ASIDE = "put {} aside now: the restored home begins a list of its own"
