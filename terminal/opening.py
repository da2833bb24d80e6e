"""Opening a home for a command, as the environment's settings say."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from ledger.application import Ledger
from ledger.catching_up import catch_up, open_beside
from ledger.home import Home
from ledger.opening import open_ledger
from ledger.queries import Queries
from service.settings import settings_from
from terminal.progress import progress


def home_at(folder: Path) -> Home:
    """Return the home in `folder`, making what is missing."""
    return Home(folder, os.urandom)


def opening(home: Home) -> Callable[[], Ledger]:
    """Return what opens the ledger of `home`."""
    settings = settings_from(os.environ, home.folder)
    return partial(
        open_ledger,
        home,
        clock=partial(datetime.now, UTC),
        random=os.urandom,
        items=settings.items,
        calendars=settings.calendars,
        origin=settings.origin,
    )


@contextmanager
def reading(folder: Path, *, caught_up: bool = True) -> Iterator[tuple[Ledger, Queries]]:
    """Hold a ledger open to read from, with `caught_up` its views up to the log."""
    home = home_at(folder)
    with closing(open_beside(home, opening(home))) as ledger:
        if caught_up:
            with progress() as watch:
                catch_up(home, ledger, watch=partial(watch, "listing", total=ledger.head))
        yield ledger, Queries(ledger, home.views)
