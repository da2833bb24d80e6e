"""The commands about views: how they stand, folding them anew, certifying them."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from terminal.answers import show, show_json
from terminal.commands import Command
from terminal.options import json_option

if TYPE_CHECKING:
    from ledger.application import Ledger
    from ledger.home import Home
    from ledger.projections.certifying import Certificates
    from ledger.projections.view import View
    from terminal.progress import Watch


@click.command(cls=Command)
@json_option
@click.pass_obj
def views(folder: Path, as_json: bool) -> None:
    """Tell how each view stands, and what it has set aside."""
    from msgspec import to_builtins

    from ledger.opening import all_views
    from ledger.projections.standing import Standings
    from terminal.standing import standing_lines

    with _opened(folder) as (home, ledger, _):
        certificates = _certificates(home, ledger)
        standings = Standings(ledger, home.views, all_views(ledger), certificates).of_all()
    show_json(to_builtins(standings)) if as_json else show(standing_lines(standings))


@click.command(cls=Command)
@click.argument("view", required=False)
@click.pass_context
def rebuild(context: click.Context, view: str | None) -> None:
    """Fold the log anew into VIEW, or every view.

    The old one serves meanwhile, also beside a server, which goes on in the new
    one. What was set aside is tried again; exits with 1 if anything still is.
    """
    from ledger.projections.rebuilding import rebuild

    left = 0
    with _opened(context.obj) as (home, ledger, watch):
        for each in _chosen(ledger, view):
            told = partial(watch, each.name, total=ledger.head)
            aside = rebuild(ledger, home.views, each, told)
            said = f", but {aside:,} that it cannot apply" if aside else ""
            click.echo(f"{each.name}: folded anew from {ledger.head:,} entries{said}")
            left += aside
    context.exit(1 if left else 0)


@click.command(cls=Command)
@click.argument("view", required=False)
@json_option
@click.pass_obj
def certify(folder: Path, view: str | None, as_json: bool) -> None:
    """Sign that VIEW, or every view, is the fold of the log.

    The log is folded afresh and compared first; refused where the two differ.
    Of all views, those are left out that hold what is personal.
    """
    from msgspec import to_builtins

    with _opened(folder) as (home, ledger, watch):
        certificates, made = _certificates(home, ledger), []
        for each in _chosen(ledger, view):
            if view is None and each.personal:
                continue
            made.append(certificates.certify(each, partial(watch, each.name)))
    if as_json:
        show_json(to_builtins([each.shown() for each in made]))
    else:
        show(
            f"{each.view}: entries 1 to {each.size:,} under root {each.root.hex()}"
            for each in made
        )


COMMANDS = (rebuild, views, certify)


@contextmanager
def _opened(folder: Path) -> "Iterator[tuple[Home, Ledger, Watch]]":
    from terminal.opening import begun_home, reading
    from terminal.progress import progress

    home = begun_home(folder)
    with ExitStack() as held:
        ledger, _ = held.enter_context(reading(folder, caught_up=False))
        yield home, ledger, held.enter_context(progress())


def _chosen(ledger: "Ledger", name: str | None) -> "Sequence[View]":
    from ledger.opening import all_views

    views = all_views(ledger)
    chosen = [each for each in views if name in (None, each.name)]
    if name is not None and not chosen:
        known = ", ".join(each.name for each in views)
        message = f"there is no view {name[:40]!r}; there are: {known}"
        raise click.BadParameter(message, param_hint="VIEW")
    return chosen


def _certificates(home: "Home", ledger: "Ledger") -> "Certificates":
    from ledger.projections.certifying import Certificates

    return Certificates(ledger, home.certificates, home.views)
