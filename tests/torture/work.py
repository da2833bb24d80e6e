"""A process at work until it is killed: clients, an import, rebuilds, a follower."""

import threading
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from time import sleep

from ledger.application import Appended, Ledger
from ledger.deliveries import deliver
from ledger.errors import Unavailable
from ledger.opening import all_views
from ledger.projections.follower import Follower, rebuild
from tests.torture.acknowledged import Acknowledgements
from tests.torture.asking import Ask, asks, cases
from tests.torture.delivery import MAPPING, register, write_log
from tests.torture.plan import Life
from tests.torture.store import Store

MOST_CASES = 160
"""Of all clients together; who has asked for their share waits to be killed."""

_TRIES = 400
_LOOK_AGAIN = 0.05


def work(store: Store, life: Life, answers: Path) -> None:
    """Open the log and work on it; never returns."""
    acknowledged = Acknowledgements(answers)
    with store.opened() as ledger:
        follower = Follower(ledger, store.views, all_views(ledger))
        with closing(follower):
            for job in _jobs(ledger, store, life, acknowledged):
                threading.Thread(target=_noting, args=(job, acknowledged)).start()
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
    for _ in range(_TRIES):
        try:
            return ask.of(ledger)
        except Unavailable:
            sleep(_LOOK_AGAIN)
    raise TimeoutError("nothing can be written any more")


def _import(ledger: Ledger, store: Store, life: Life) -> None:
    path = write_log(store.folder, life)
    deliver(ledger, path, mapping=MAPPING, register=register(life))


def _rebuild(ledger: Ledger, store: Store) -> None:
    while True:
        for view in all_views(ledger):
            rebuild(ledger, store.views, view)


def _noting(job: Callable[[], None], answers: Acknowledgements) -> None:
    try:
        job()
    except Exception as error:
        answers.wrong(f"{type(error).__name__} while at work: {error}")
