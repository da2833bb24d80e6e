"""Which run a seed stands for: the even ones are on SQLite, the odd ones on PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.torture.driver import Survived, run
from tests.torture.nursery import Nursery, nursery
from tests.torture.postgres import Postgres, postgres
from tests.torture.shared import run_shared


@dataclass(frozen=True, slots=True, kw_only=True)
class Chamber:
    """What runs share: it takes longer to start than they do."""

    nursery: Nursery
    postgres: Postgres | None

    def run(self, seed: int, folder: Path) -> Survived:
        """Do the run of a seed; raises `AssertionError` that names it."""
        if seed % 2 == 0:
            return run(seed, folder, self.nursery)
        if self.postgres is None:
            raise ValueError(f"seed {seed} is odd: its run needs a PostgreSQL")
        return run_shared(seed, folder, self.nursery, self.postgres)


@contextmanager
def chamber(*, shared: bool) -> Iterator[Chamber]:
    """Have everything ready for a block; with a PostgreSQL where logs are `shared`."""
    with nursery() as born:
        if not shared:
            yield Chamber(nursery=born, postgres=None)
            return
        with postgres() as server:
            yield Chamber(nursery=born, postgres=server)
