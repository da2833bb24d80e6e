"""Opening a home for a command, as the environment's settings say."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from ledger.application import Ledger
from ledger.calendar import load_calendars
from ledger.catalogue import Catalogue, load_catalogue
from ledger.catching_up import catch_up, open_beside
from ledger.databases import has_begun
from ledger.errors import HomeUnusable
from ledger.home import Home
from ledger.opening import open_ledger
from ledger.queries import Queries
from ledger.standing_list import StandingList
from ledger.stores import MaterialStore
from service.partners import Partner, read_each
from service.settings import Settings, settings_from
from terminal.progress import progress


def settings_of(folder: Path) -> Settings:
    """Return what is set for the home in `folder`; its partners are read by who needs them."""
    return settings_from(os.environ, folder, enrolled=False)


def home_at(folder: Path) -> Home:
    """Return the home in `folder`, making what is missing."""
    return Home(folder, os.urandom, settings_of(folder).database)


def begun_home(folder: Path) -> Home:
    """Return the home in `folder`, or raise `HomeUnusable` where no ledger was begun.

    Who only reads makes nothing: a mistyped folder would else be an empty ledger
    with which nothing is wrong.
    """
    database = settings_of(folder).database or str(folder / "ledger.sqlite")
    if not has_begun(database) and not (folder / "checkpoint").exists():
        raise HomeUnusable(f"there is no ledger in {folder}; serve, demo or import begins one")
    return home_at(folder)


def region_at(folder: Path) -> str:
    """Return the region that the begun home in `folder` is of; raises `HomeUnusable`."""
    from service.home_region import region_of

    return region_of(begun_home(folder), settings_of(folder).region)


def partners_at(folder: Path) -> dict[str, Partner]:
    """Return the partners whose files hold; of the others it is told what is the matter."""
    found, unreadable = read_each(folder / "partners")
    for region, trouble in unreadable.items():
        told = f"left out: {trouble}; mend it, or `tongban partner remove {region}`"
        click.echo(told, err=True)
    return found


def opening(home: Home) -> Callable[[], Ledger]:
    """Return what opens the ledger of `home`."""
    settings = settings_of(home.folder)
    return partial(
        open_ledger,
        home,
        clock=partial(datetime.now, UTC),
        random=os.urandom,
        items=settings.items,
        calendars=settings.calendars,
        origin=settings.origin,
        new_origin=settings.new_origin,
        keys=settings.keys,
    )


def materials_of(home: Home, ledger: Ledger) -> MaterialStore:
    """Return the materials of `home`, or those that its settings say are shared."""
    folder = settings_of(home.folder).materials or home.materials
    return MaterialStore(folder, ledger.keys, os.urandom)


def erasures_of(home: Home) -> StandingList:
    """Return the list of what was decided about persons, where its settings say it lies."""
    return StandingList(settings_of(home.folder).erasures or home.erasures)


def catalogue_for(folder: Path) -> Catalogue:
    """Return our catalogue with what the operator of `folder` adds."""
    settings = settings_of(folder)
    return load_catalogue(settings.items, calendars=load_calendars(settings.calendars))


def authority_at(folder: Path, id: str) -> None:
    """Raise `BadParameter` unless the authority `id` is of the catalogue and region here."""
    from service.home_region import region_of

    known = catalogue_for(folder).authorities
    if id not in known:
        raise click.BadParameter(
            f"the catalogue has no authority {id!r}; it has {', '.join(sorted(known))}",
            param_hint="--authority",
        )
    region = region_of(begun_home(folder), settings_of(folder).region)
    if known[id].region != region:
        raise click.BadParameter(
            f"{id} is of {known[id].region}, and this home of {region}; use the home of theirs",
            param_hint="--authority",
        )


@contextmanager
def reading(folder: Path, *, caught_up: bool = True) -> Iterator[tuple[Ledger, Queries]]:
    """Hold a begun ledger open to read from, with `caught_up` its views up to the log."""
    with beside(folder) as (home, ledger):
        if caught_up:
            with progress() as watch:
                catch_up(home, ledger, watch=partial(watch, "listing", total=ledger.head))
        yield ledger, Queries(ledger, home.views)


@contextmanager
def beside(folder: Path) -> Iterator[tuple[Home, Ledger]]:
    """Hold a begun ledger open as it is, also while it is served."""
    home = begun_home(folder)
    with closing(open_beside(home, opening(home))) as ledger:
        yield home, ledger
