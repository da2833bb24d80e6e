"""A process at work until it is killed: clients, an import, rebuilds, a follower."""

import threading
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from time import sleep
from typing import TypeVar

from ledger.application import Appended, Ledger
from ledger.errors import CaseChanged, HomeUnusable, Unavailable
from ledger.importing.deliveries import deliver
from ledger.opening import all_views
from ledger.projections.follower import Follower, rebuild
from tests.torture.acknowledged import Acknowledgements
from tests.torture.asking import Ask, asks, cases
from tests.torture.delivery import MAPPING, register, write_log
from tests.torture.plan import Life
from tests.torture.store import Store

T = TypeVar("T")

MOST_CASES = 160
"""Of all clients together; who has asked for their share waits to be killed."""

_TRIES = 400
_LOOK_AGAIN = 0.05


def work(store: Store, life: Life, answers: Path) -> None:
    """Open the log and work on it; never returns."""
    acknowledged = Acknowledgements(answers)
    while True:
        try:
            with store.opened() as ledger:
                _work(ledger, store, life, acknowledged)
        except (HomeUnusable, Unavailable):
            # As whoever watches over a service starts it again until its database is there.
            if store.database is None:
                raise
            sleep(_LOOK_AGAIN)


def _work(ledger: Ledger, store: Store, life: Life, answers: Acknowledgements) -> None:
    follower = Follower(ledger, store.views, all_views(ledger))
    with closing(follower):
        for job in _jobs(ledger, store, life, answers):
            threading.Thread(target=_noting, args=(job, answers)).start()
        follower.run(threading.Event())


def _jobs(
    ledger: Ledger, store: Store, life: Life, answers: Acknowledgements
) -> list[Callable[[], None]]:
    jobs: list[Callable[[], None]] = [
        partial(_ask, ledger, life, client, answers) for client in range(life.clients)
    ]
    if life.imports:
        jobs.append(partial(_import, ledger, store, life))
    if life.rebuilds:
        jobs.append(partial(_rebuild, ledger, store))
    return jobs


def _ask(ledger: Ledger, life: Life, client: int, answers: Acknowledgements) -> None:
    for case_id in cases(life, client, MOST_CASES // life.clients):
        for ask in asks(case_id):
            answers.add(ask, _answered(ledger, ask))


def _answered(ledger: Ledger, ask: Ask) -> Appended:
    return _insisting(partial(ask.of, ledger))


def _import(ledger: Ledger, store: Store, life: Life) -> None:
    path = write_log(store.folder, life)
    again = partial(deliver, ledger, path, mapping=MAPPING, register=register(life))
    try:
        _insisting(again)
    except CaseChanged:
        # Of two servers that meet a mapping first at one time, one is told to look again.
        _insisting(again)


def _rebuild(ledger: Ledger, store: Store) -> None:
    while True:
        for view in all_views(ledger):
            _insisting(partial(rebuild, ledger, store.views, view))


def _insisting(ask: Callable[[], T]) -> T:
    """Ask again as long as the ledger is unavailable, as a client does."""
    for _ in range(_TRIES):
        try:
            return ask()
        except Unavailable:
            sleep(_LOOK_AGAIN)
    raise TimeoutError("the ledger stays unavailable")


def _noting(job: Callable[[], None], answers: Acknowledgements) -> None:
    try:
        job()
    except Exception as error:
        answers.wrong(f"{type(error).__name__} while at work: {error}")
