"""Bars for what takes long, on stderr, and only where a person sees them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn


class Watch(Protocol):
    """Is told what is going on, how much of it is done, and of how much."""

    def __call__(self, what: str, done: int, total: int) -> object: ...


@contextmanager
def progress() -> Iterator[Watch]:
    """Show what it is told for as long as the context lasts."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _unseen
        return
    columns = TextColumn("{task.description:>12}"), BarColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, TaskID] = {}

        def watch(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what)
            bars.update(tasks[what], completed=done, total=total)

        yield watch


def _unseen(what: str, done: int, total: int) -> None:
    del what, done, total
