"""The commands that ask more of cases: finding them, what became of one, and all as a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from terminal.answers import show, show_json
from terminal.commands import Command
from terminal.export_command import export
from terminal.options import TIME, UNTIL, cut_options, json_option, personal_option
from terminal.points import point_option

if TYPE_CHECKING:
    from ledger.cut import Cut
    from ledger.replaying import Point

_ORDERS = click.Choice(["changed", "rank"])


@click.command(cls=Command)
@click.argument("words", nargs=-1)
@click.option("--register", help="Only the imported cases of this register.")
@click.option("--status", help="Only the cases that stand so.")
@click.option("--authority", help="Only those this authority decides, by its id.")
@click.option("--item", help="Only those of this service item, by its id.")
@click.option("--subject", help="Only those of this person, by their pseudonym.")
@click.option("--opened-from", type=TIME, help="Opened at TIME or later.")
@click.option("--opened-until", type=UNTIL, help="Opened at TIME or earlier.")
@click.option("--changed-from", type=TIME, help="Last changed at TIME or later.")
@click.option("--changed-until", type=UNTIL, help="Last changed at TIME or earlier.")
@click.option("--overdue", is_flag=True, help="Only where a duty's last day is over.")
@click.option("--order", type=_ORDERS, default="changed", help="What comes first.")
@click.option("--limit", type=click.IntRange(min=1), help="So many at most.")
@click.option("--count", is_flag=True, help="Only how many, by what they have in common.")
@personal_option
@json_option
@click.pass_obj
def search(
    folder: Path,
    /,
    words: Sequence[str],
    overdue: bool,
    order: str,
    count: bool,
    personal: bool,
    as_json: bool,
    **narrowed: Any,
) -> None:
    """Find cases by WORDS, in either script.

    Every word has to begin one of the case's. Without --personal, what is
    personal is not looked at. `rank` puts those first that are called so.
    """
    from ledger.searching import Order, Question, Reach, Searching
    from ledger.searching import words as checked
    from terminal.found import count_lines, counts_shown, found_lines
    from terminal.hints import hints
    from terminal.opening import begun_home, reading

    try:
        asked = checked(" ".join(words)) if words else None
    except ValueError as error:
        message = "there is nothing in it to look for, or far too much"
        raise click.BadParameter(message, param_hint="WORDS") from error
    views = begun_home(folder).views
    with reading(folder) as (ledger, queries):
        question = Question(
            words=asked,
            order=Order(order),
            overdue_at=ledger.now() if overdue else None,
            **narrowed,
        )
        searching, reach = Searching(views), Reach(personal=personal)
        if count:
            counts = searching.count(question, reach)
            show_json(counts_shown(counts)) if as_json else show(count_lines(counts))
            return
        rows = searching.find(question, reach).cases
        show_json(rows) if as_json else show(found_lines(rows))
        if not rows:
            show(hints(queries, **narrowed), err=True)


@click.command(cls=Command)
@click.argument("case")
@point_option("--from", "start", help="What came before.  [default: nothing]")
@point_option("--to", "end", help="What came of it.  [default: now]")
@personal_option
@json_option
@click.pass_obj
def diff(
    folder: Path, case: str, start: "Point", end: "Point", personal: bool, as_json: bool
) -> None:
    """Tell what became of a case between two points.

    Each change comes with the entry that last made it. A POINT is version=3,
    position=19, as-of=TIME, recorded-until=TIME or source-recorded-until=TIME;
    several of one end count together.
    """
    from ledger.errors import CaseNotFound
    from ledger.replaying import Point, diff
    from terminal.changes import change_lines, changes_shown
    from terminal.hiding import hidden_at
    from terminal.opening import reading

    start = Point(version=0) if start == Point() else start
    with reading(folder, caught_up="/" not in case) as (ledger, queries):
        _, entries = queries.replay_named(case)
        before, after = ([*filter(point.admits, entries)] for point in (start, end))
        if not before and not after:
            raise CaseNotFound(f"there was no case {case} yet at either point")
        hidden = hidden_at(ledger, entries, personal=personal)
        status = queries.history_statuses()
        changes = diff(before, after, hidden=hidden, status=status)
    show_json(changes_shown(changes)) if as_json else show(change_lines(changes))


@click.command(cls=Command)
@click.argument("name", metavar="VIEW")
@cut_options
@click.option("--digest", is_flag=True, help="Only SHA-256 over the rows.")
@personal_option
@json_option
@click.pass_obj
def view(
    folder: Path, name: str, cut: "Cut", digest: bool, personal: bool, as_json: bool
) -> None:
    """Show a whole VIEW, now or as it stood.

    It is folded anew from the log. Of one that holds what is personal, --personal
    shows the rows; those of a person restricted or erased have nothing personal.
    """
    from ledger.opening import all_views
    from ledger.projections.as_it_stood import AsItStood
    from ledger.projections.view import content_digest
    from terminal.hiding import views_here
    from terminal.opening import reading
    from terminal.rows import row_lines, rows_shown

    with reading(folder, caught_up=False) as (ledger, _):
        # A digest is of the view as it is, and gives nobody away.
        shown = all_views(ledger) if digest else views_here(ledger)
        views = {each.name: each for each in shown}
        if name not in views:
            message = f"there is no view {name!r}; there are: {', '.join(views)}"
            raise click.BadParameter(message, param_hint="VIEW")
        if views[name].personal and not (personal or digest):
            raise click.UsageError(
                f"{name} holds what is personal: add --personal, or --digest"
            )
        with AsItStood(ledger).database(views[name], cut) as db:
            if digest:
                sha256 = content_digest(db, views[name])
                show_json({"sha256": sha256}) if as_json else show([sha256])
            elif as_json:
                show_json(rows_shown(db, views[name]))
            else:
                show(row_lines(db, views[name]))


COMMANDS = (search, diff, view, export)
