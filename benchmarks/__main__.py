"""`python -m benchmarks`: every figure beside its peers, and `memory`."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_WIDTH = 170
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group(invoke_without_command=True)
@click.option("--scale", default=1.0, show_default=True, help="How much of everything.")
@click.option("--rounds", default=5, show_default=True, help="How often each side runs.")
@click.option("--folder", type=_FOLDER, default="var", show_default=True, help="On which disk.")
@click.option(
    "--json", "to", type=click.Path(path_type=Path), help="[default: FOLDER/bench.json]"
)
@click.pass_context
def main(
    context: click.Context, scale: float, rounds: int, folder: Path, to: Path | None
) -> None:
    """Measure the ledger beside its peers, in turn, on made-up cases."""
    folder.mkdir(parents=True, exist_ok=True)
    context.obj = folder, scale
    if context.invoked_subcommand is None:
        _race(folder, scale, rounds, to or folder / "bench.json")


@main.command()
@click.argument("log", type=_FILE, required=False)
@click.option("--mapping", type=_FILE, help="What the log's activities mean.")
@click.pass_obj
def memory(obj: tuple[Path, float], log: Path | None, mapping: Path | None) -> None:
    """Show that an import's memory does not grow with LOG (or a made-up one).

    A third of it is imported, then the whole; what is kept of the cases seen last
    is full after some 5,000.
    """
    from benchmarks import made_up
    from benchmarks.memory import peaks, shortened
    from ledger.importing import Mapping

    folder, scale = obj
    if (log is None) != (mapping is None):
        raise click.UsageError("a log comes with its --mapping, and a mapping with its log")
    with TemporaryDirectory(dir=folder) as scratch:
        whole = log or made_up.write_log(Path(scratch) / "log.xes", int(60_000 * scale))
        meaning = Mapping.load(mapping.read_bytes()) if mapping else made_up.mapping()
        part = shortened(whole, Path(scratch) / "part.xes", 3)
        for peak in peaks(Path(scratch), [part, whole], meaning):
            click.echo(f"{peak.events:>9,} entries: {peak.mebibytes:.0f} MiB at the most")


@main.command()
@click.option("--cases", default=1_000_000, show_default=True, help="How many there are.")
@click.option("--times", default=500, show_default=True, help="How often each is asked.")
@click.option("--keep", type=_FOLDER, help="Where they stay, and are taken from if there.")
@click.pass_obj
def search(obj: tuple[Path, float], cases: int, times: int, keep: Path | None) -> None:
    """Show how long a search takes among so many cases, by what is asked."""
    from benchmarks.finding import find

    with TemporaryDirectory(dir=obj[0]) as scratch:
        folder = Path(scratch) if keep is None else keep
        folder.mkdir(parents=True, exist_ok=True)
        for asked in find(folder, cases, times, lambda said: click.echo(said, err=True)):
            click.echo(f"{asked.what}: p50 {asked.p50:.1f} ms, p99 {asked.p99:.1f} ms")


@main.command()
@click.option("--minutes", default=10.0, show_default=True, help="For how long.")
@click.pass_obj
def soak(obj: tuple[Path, float], minutes: float) -> None:
    """Show that the service holds no more memory and files the longer it is asked."""
    from benchmarks.enduring import soak as soaked

    for each in soaked(obj[0], minutes):
        click.echo(
            f"{each.minutes:5.1f} min: {each.mebibytes:.0f} MiB, {each.files} files,"
            f" {each.threads} threads; p99 {each.p99:.1f} ms"
        )


@main.command()
@click.pass_obj
def overload(obj: tuple[Path, float]) -> None:
    """Show what becomes of requests when three times as many come as can be answered."""
    from benchmarks.enduring import overload as overloaded

    for each in overloaded(obj[0]):
        counts = ", ".join(f"{count:,} × {status}" for status, count in each.statuses.items())
        click.echo(
            f"{each.what} of what it can do, {each.rate:,.0f} a second: {counts};"
            f" answered in p50 {each.p50:.1f} ms, p99 {each.p99:.1f} ms"
        )


def _race(folder: Path, scale: float, rounds: int, to: Path) -> None:
    from benchmarks import (
        answering,
        appending,
        appending_postgres,
        growing,
        importing,
        loading,
        proving,
        serving,
        tokens,
        verifying,
    )
    from benchmarks.measure import Row
    from benchmarks.table import table, write_json

    rows: list[Row] = []
    with TemporaryDirectory(dir=folder) as scratch:
        for races in (
            appending,
            appending_postgres,
            importing,
            loading,
            growing,
            proving,
            verifying,
            tokens,
            answering,
            serving,
        ):
            click.echo(f"{races.__name__.partition('.')[2]} …", err=True)
            rows += races.rows(Path(scratch), scale=scale, rounds=rounds)
    Console(width=None if sys.stdout.isatty() else _WIDTH).print(table(rows))
    write_json(rows, to, at=datetime.now(UTC), scale=scale)
    click.echo(f"{to} has the same as JSON", err=True)


if __name__ == "__main__":
    main()
