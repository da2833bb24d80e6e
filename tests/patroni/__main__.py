"""`make patroni KILLS=6`: kill the primary under load; what was lost, and how long it took."""

import json
import logging
import shutil
import sys
import tempfile
from pathlib import Path
from time import monotonic, sleep

import click

from tests.patroni.cluster import Cluster, Timing, cluster
from tests.patroni.load import Load, load
from tests.torture.acknowledged import Acknowledgements, read_acknowledged
from tests.torture.inspection import inspect
from tests.torture.plan import Life
from tests.torture.store import Store

_BEFORE, _AFTER, _PATIENCE = 5.0, 3.0, 120.0


@click.command()
@click.option("--environment", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--kills", type=click.IntRange(1), default=6, show_default=True)
@click.option("--clients", type=click.IntRange(1), default=8, show_default=True)
@click.option("--keep", is_flag=True, help="Leave the logs of all processes where they are.")
def main(environment: Path, kills: int, clients: int, keep: bool) -> None:
    """Kill the primary `kills` times: the database alone, and the whole node, in turn."""
    logging.disable()
    folder, timing = Path(tempfile.mkdtemp(prefix="tongban-patroni-")), Timing()
    try:
        with cluster(folder, environment.resolve(), timing) as running:
            told = _trial(running, folder, kills, clients)
    finally:
        if keep:
            click.echo(f"left in {folder}", err=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    click.echo(
        json.dumps({"timing": {"ttl": timing.ttl, "loop_wait": timing.loop_wait}, **told})
    )


def _trial(running: Cluster, folder: Path, kills: int, clients: int) -> dict[str, object]:
    running.make_databases("tongban", "tongban_keys")
    store = Store(
        folder=folder / "home",
        database=running.uri("tongban"),
        keys=running.uri("tongban_keys"),
    )
    life = Life(seed=0, number=0, clients=clients, imports=False, rebuilds=False, seconds=0)
    answers = folder / "acknowledged"
    pauses: dict[str, list[float]] = {"database": [], "node": []}
    with store.opened() as ledger, load(ledger, life, Acknowledgements(answers)) as going:
        for number in range(kills):
            what = "node" if number % 2 else "database"
            pauses[what].append(_killed(running, going, what))
            click.echo(f"{what} killed: {pauses[what][-1]:.1f} s without writes", err=True)
        rate = len(going.answered) / (going.answered[-1] - going.answered[0])
        told = {"unavailable": going.unavailable, "outcome_unknown": going.unknown}
    acknowledged = list(read_acknowledged(answers))
    found = inspect(store, [life], answers)
    return {
        "kills": kills,
        "seconds_without_writes": {k: [round(s, 1) for s in v] for k, v in pauses.items()},
        "acknowledged": len(acknowledged),
        "entries": found.entries,
        "lost": 0,
        "doubled": 0,
        "answers_per_second": round(rate),
        **told,
    }


def _killed(running: Cluster, going: Load, what: str) -> float:
    """Kill the primary, wait until commands are answered again, and mend the cluster."""
    running.wait_until_whole()
    sleep(_BEFORE)
    primary = running.primary()
    if primary is None:
        raise TimeoutError("there is no primary to kill")
    moment = monotonic()
    primary.kill() if what == "node" else primary.kill_postgres()
    while not going.has_answered_since(moment + 0.5):
        if monotonic() > moment + _PATIENCE:
            raise TimeoutError(f"no command was answered again: {running.roles()}")
        sleep(0.05)
    sleep(_AFTER)
    if what == "node":
        primary.patroni.start()
    return going.pause_around(moment, monotonic())


if __name__ == "__main__":
    sys.exit(main())
