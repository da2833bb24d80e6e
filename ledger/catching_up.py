"""Reading a home beside whoever writes to it.

Where nobody else writes, a reader brings the views up to the log itself.
Otherwise it waits for them, and says so if they do not come: it never answers
from views that lack what the log had when it was asked.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

from ledger.application import Ledger
from ledger.databases import is_shared
from ledger.errors import HomeBusy
from ledger.home import Home
from ledger.opening import all_views
from ledger.projections.follower import Follower
from ledger.projections.view import View, is_of, position, read_only

PATIENCE = 10.0
_LOOK_AGAIN = 0.05


def open_beside(
    home: Home, opening: Callable[[], Ledger], *, seconds: float = PATIENCE
) -> Ledger:
    """Return what `opening` gives, to read from, also while another process writes.

    Only who holds the lock may begin a log. Raises `HomeBusy` when another
    process does and has not begun it within `seconds`.
    """
    for _ in _tries(seconds):
        try:
            with home.writing():
                return opening()
        except HomeBusy:
            if is_shared(home.database) or _has_begun(home.log):
                return opening()
    raise HomeBusy(f"another process is setting up {home.folder}; ask again when it has")


def catch_up(
    home: Home,
    ledger: Ledger,
    *,
    watch: Callable[[int], object] = int,
    seconds: float = PATIENCE,
) -> None:
    """Return once every view holds what the log held when `ledger` was opened.

    Raises `HomeBusy` when another process writes, and its views are still
    behind after `seconds`.
    """
    views, reached = all_views(ledger), 0
    for _ in _tries(seconds):
        try:
            with home.writing(), closing(Follower(ledger, home.views, views)) as follower:
                follower.catch_up(watch)
                return
        except HomeBusy:
            reached = min(_reached(home.views, view) for view in views)
            if reached >= ledger.head:
                return
    raise HomeBusy(
        f"{home.folder} is being written by another process, and its views have reached"
        f" position {reached:,} of {ledger.head:,}; ask again when they have caught up"
    )


def _tries(seconds: float) -> Iterator[None]:
    give_up = monotonic() + seconds
    yield
    while monotonic() < give_up:
        sleep(_LOOK_AGAIN)
        yield


def _has_begun(log: Path) -> bool:
    try:
        with closing(read_only(log)) as db:
            return db.execute("SELECT 1 FROM stored_events").fetchone() is not None
    except sqlite3.OperationalError:
        return False


def _reached(folder: Path, view: View) -> int:
    link = folder / f"{view.name}.sqlite"
    if not link.exists() or not is_of(link.resolve(), view):
        return 0
    with closing(read_only(link)) as db:
        return position(db)
