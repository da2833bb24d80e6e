"""Two servers write to one PostgreSQL at once, while each follows with views of its own."""

from contextlib import closing
from itertools import pairwise
from pathlib import Path
from time import monotonic, sleep

from ledger.audit import audit
from ledger.errors import ViewBehind
from ledger.opening import all_views
from ledger.projections.follower import Follower
from ledger.projections.view import position, view_in
from tests.torture.acknowledged import read_acknowledged
from tests.torture.asking import cases
from tests.torture.nursery import nursery
from tests.torture.plan import Life
from tests.torture.postgres import postgres
from tests.torture.shared import inspect_shared, stores_of_servers
from tests.torture.store import Store
from tests.torture.work import MOST_CASES

LIVES = [
    Life(seed=0, number=number, clients=8, imports=True, rebuilds=number == 1, seconds=30)
    for number in (0, 1)
]


def test_views_of_both_are_folds_of_the_one_log_and_heads_of_both_are_of_one_tree(
    tmp_path: Path,
):
    answers = tmp_path / "acknowledged"
    with postgres() as server, server.database() as database, nursery() as born:
        stores = stores_of_servers(tmp_path, 2, database)
        processes = [
            born.start(store, life, answers) for store, life in zip(stores, LIVES, strict=True)
        ]
        end = monotonic() + LIVES[0].seconds
        while monotonic() < end and not all(map(_follows, stores)):
            sleep(0.1)
        for process in processes:
            born.kill(process)

        assert _turns(answers) > 10
        for store in stores:
            with store.opened() as ledger:
                views = all_views(ledger)
                # As they were left: what a follower skipped or did twice would stay so.
                assert audit(ledger, store.views, views).wrong == ()
                for view in views:
                    assert _reached(store, view.name) > ledger.head / 4
                assert ledger.published.problem() is None
                with closing(Follower(ledger, store.views, views)) as follower:
                    assert follower.catch_up() == ledger.head
        inspect_shared(stores, LIVES, answers)


def _follows(store: Store) -> bool:
    """Say whether every view of a server has come some way along the log."""
    links = [path for path in store.views.glob("*.sqlite") if path.is_symlink()]
    return bool(links) and all(_reached(store, link.stem) > 500 for link in links)


def _reached(store: Store, view: str) -> int:
    try:
        with closing(view_in(store.views, view)) as db:
            return position(db)
    except ViewBehind:
        return 0


def _turns(answers: Path) -> int:
    """How often the one who wrote next was the other server."""
    first = {
        case_id
        for client in range(LIVES[0].clients)
        for case_id in cases(LIVES[0], client, MOST_CASES)
    }
    told = sorted(read_acknowledged(answers), key=lambda each: each.position)
    return sum((a.case_id in first) != (b.case_id in first) for a, b in pairwise(told))
