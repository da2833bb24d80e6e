"""`tongban config`: what is set, from where, and whether it holds."""

import os
import re
from pathlib import Path

import click

from terminal.answers import show, show_json
from terminal.commands import Group, Refused
from terminal.options import json_option

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_HIDDEN = "(hidden)"

config_option = click.option(
    "--config",
    "file",
    type=_FILE,
    help="The file of settings.  [default: tongban.toml in the home]",
)


@click.group(cls=Group)
@click.pass_context
def config(context: click.Context) -> None:
    """Tell what is set, or check that it holds."""
    if context.invoked_subcommand is None:
        context.invoke(show_)


@config.command("show")
@config_option
@json_option
@click.pass_obj
def show_(folder: Path, file: Path | None = None, as_json: bool = False) -> None:
    """List what is set and where; secrets are hidden."""
    from service.configuration import configured
    from service.sections import KEYS
    from terminal.tables import table

    around = environ_with(file)
    given = configured(around, folder)
    rows = [
        (
            str(key),
            _HIDDEN if key.kind == "secret" else _shown(given[key.variable]),
            "environment" if key.variable in around else "file",
        )
        for key in KEYS
        if key.variable in given
    ]
    if as_json:
        show_json({key: {"value": value, "from": whence} for key, value, whence in rows})
    else:
        show([*table(("KEY", "VALUE", "FROM"), rows), "all else is as by default"])


@config.command()
@config_option
@click.pass_obj
def check(folder: Path, file: Path | None) -> None:
    """Read all settings as a start would; what does not hold is named, with exit 1."""
    from ledger.calendar import load_calendars
    from ledger.catalogue import load_catalogue
    from service.configuration import file_of, unknown_variables
    from service.edge import now
    from service.grants import check_grants
    from service.notifying import notifier_of
    from service.settings import settings_from

    around = environ_with(file)
    settings = settings_from(around, folder)
    notifier_of(settings, now)
    catalogue = load_catalogue(settings.items, calendars=load_calendars(settings.calendars))
    if settings.grants is not None:
        check_grants(settings.grants.grants, set(catalogue.authorities))
    if unknown := unknown_variables(around):
        raise Refused("; ".join(unknown))
    read = file_of(around, folder)
    show(["the environment holds" if read is None else f"{read} and the environment hold"])


def environ_with(file: Path | None) -> dict[str, str]:
    """Return the environment, with `file` for the one that it names."""
    return {**os.environ, **({} if file is None else {"TONGBAN_CONFIG": str(file)})}


def _shown(value: str) -> str:
    """Return a value without the password of a URL, should one stand in it."""
    return re.sub(r"//[^/@\s]*@", f"//{_HIDDEN}@", value)


COMMANDS = (config,)
