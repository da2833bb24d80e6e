"""`make torture RUNS=1000 SEED=1`: many runs, and where one fails the seed to repeat it."""

import logging
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import click

from tests.torture.driver import Survived
from tests.torture.runs import chamber


@click.command()
@click.option("--runs", type=click.IntRange(1), default=20, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
def main(runs: int, seed: int) -> None:
    """Kill the ledger at work, `runs` times over, from `seed` on."""
    began, survived, failed = monotonic(), Survived(), list[str]()
    # What is said while databases and processes are killed is not what is looked for.
    logging.disable()
    with chamber(shared=runs > 1 or seed % 2 == 1) as torture:
        for number in range(seed, seed + runs):
            try:
                with TemporaryDirectory() as folder:
                    survived += torture.run(number, Path(folder))
            except AssertionError as error:
                failed.append(str(error))
                click.echo(f"\r{error}")
            done = number - seed + 1
            click.echo(f"\r{done:,} of {runs:,} runs, {_told(survived)}", nl=False)
    click.echo(f"\n{runs:,} runs in {monotonic() - began:.0f} s, {len(failed)} failed")
    sys.exit(1 if failed else 0)


def _told(survived: Survived) -> str:
    return (
        f"{survived.kills:,} kills, {survived.entries:,} entries,"
        f" {survived.acknowledged:,} acknowledged, {survived.unanswered:,} unanswered"
    )


if __name__ == "__main__":
    main()
