"""Clients go on asking while a home is backed up and drilled; then how long each took."""

import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from time import monotonic
from typing import TypeVar

import click

from ledger.home import Home
from ledger.opening import all_views
from ledger.projections.check import content
from ledger.projections.follower import Follower
from tests.ledger.fakes import Dice
from tests.ledger.keeping.homes import Kept, opening, restored

T = TypeVar("T")
_PERSONS = 200


@click.command()
@click.option("--cases", type=click.IntRange(1), default=5_000, show_default=True)
@click.option("--materials", type=click.IntRange(1), default=200, show_default=True)
def main(cases: int, materials: int) -> None:
    """Do a drill on a home of `cases` and `materials`, and print its figures as JSON."""
    with TemporaryDirectory() as place, closing(Kept(Path(place))) as kept:
        for number in range(cases):
            kept.submit(f"s-{number % _PERSONS}")
        for number in range(materials):
            kept.upload(f"s-{number % _PERSONS}", b"%%PDF-1.4\n%d\n" % number + bytes(50_000))
        with _loaded(kept) as given:
            began, before = monotonic(), kept.ledger.head
            made, backup = _timed(lambda: kept.back_up())
            rate = (kept.ledger.head - before) / (monotonic() - began)
            found, drilled = _timed(lambda: kept.drill(made))
        done, restoring = _timed(lambda: restored(made, Path(place) / "new"))
        agrees = _agrees(kept, Path(place) / "new")
        told = {
            "entries": done.manifest.position,
            "megabytes": round(found.bytes / 1e6, 1),
            "seconds": {"backup": backup, "restore": restoring, "drill": drilled},
            "drill": found.seconds,
            "entries_a_second_meanwhile": round(rate),
            "commands_meanwhile": len(given),
            "views": {each.view: each.agrees for each in found.views},
            "restored_views_agree": agrees,
            "problems": list(found.problems),
        }
    click.echo(json.dumps(told, indent=2))
    sys.exit(0 if found.passed and agrees else 1)


@contextmanager
def _loaded(kept: Kept) -> Iterator[list[int]]:
    """Let somebody go on asking, and every view follow, until the block ends."""
    stop, given = Event(), list[int]()

    def ask() -> None:
        while not stop.is_set():
            kept.submit(f"s-{len(given) % _PERSONS}")
            given.append(kept.ledger.head)

    views = all_views(kept.ledger)
    with (
        closing(Follower(kept.ledger, kept.home.views, views)) as follower,
        ThreadPoolExecutor() as threads,
    ):
        running = [threads.submit(follower.run, stop), threads.submit(ask)]
        try:
            yield given
        finally:
            stop.set()
            kept.ledger.wake()
        for each in running:
            each.result()


def _agrees(kept: Kept, folder: Path) -> bool:
    """Bring the live home and the restored one to one position, and compare every view."""
    home = Home(folder, Dice())
    with closing(opening(home)) as ledger:
        views = all_views(ledger)
        with closing(Follower(ledger, home.views, views)) as follower:
            position = follower.catch_up()
        root = ledger.published.root(position)
        if kept.ledger.published.root(position) != root:
            return False
        return all(
            content(home.views / f"{view.name}.sqlite", view).digest
            == kept.folded(view, position)
            for view in views
        )


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = monotonic()
    return work(), round(monotonic() - began, 2)


if __name__ == "__main__":
    main()
