"""The command that writes cases as a file for other tools."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from terminal.commands import Command
from terminal.options import cut_options

if TYPE_CHECKING:
    from ledger.cut import Cut

_FORMATS = click.Choice(["ocel-json", "ocel-sqlite", "xes", "csv"])
_NEW = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command(cls=Command)
@click.argument("format", type=_FORMATS)
@click.argument("file", type=_NEW)
@click.option("--register", help="Only the imported cases of this register.")
@click.option("--status", help="Only the cases that stand so.")
@click.option("--authority", help="Only those this authority decides, by its id.")
@click.option("--subject", help="Only those of this person, by their pseudonym.")
@cut_options
@click.pass_obj
def export(folder: Path, /, format: str, file: Path, cut: "Cut", **narrowed: Any) -> None:
    """Write cases to FILE for other tools, sealed.

    OCEL 2.0 and XES are for mining processes, CSV for a spreadsheet. The same
    position gives the same bytes. FILE is there once it is whole.
    """
    from ledger.case_rows import Which
    from ledger.exporting import FORMATS, Selection, in_pieces
    from terminal.files import write_whole
    from terminal.opening import begun_home, reading

    views = begun_home(folder).views
    with reading(folder) as (ledger, _):
        position = min(cut.position or ledger.head, ledger.head)
        selection = Selection(
            ledger=ledger,
            folder=views,
            which=Which(**narrowed),
            cut=replace(cut, position=position),
            allowed=lambda _: True,
        )
        write_whole(file, in_pieces(FORMATS[format].write(selection)))
    click.echo(f"as of position {position:,}: {file}", err=True)
