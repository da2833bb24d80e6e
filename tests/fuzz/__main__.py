"""Fuzz until the time is over, and say what was found: `make fuzz MINUTES=5`.

Tokens are bent at random, from a seed that is told; with `--coverage`, where
atheris is installed, it looks for bytes that reach new lines of the decoder.
"""

import sys
import tempfile
import time
from pathlib import Path
from random import Random

import click


@click.command()
@click.option("--minutes", type=click.FloatRange(0), default=5.0, show_default=True)
@click.option("--seed", type=click.IntRange(0), help="Where to begin.  [default: the time]")
@click.option("--coverage", is_flag=True, help="Let atheris choose the bytes.")
def main(minutes: float, seed: int | None, coverage: bool) -> None:
    """Bend tokens, and stop at the first that is taken wrongly, fails or takes long."""
    if coverage:
        _by_coverage(minutes)
    else:
        _at_random(minutes, time.time_ns() if seed is None else seed)


def _at_random(minutes: float, seed: int) -> None:
    from tests.fuzz.bending import bent
    from tests.fuzz.judging import judge

    click.echo(f"seed {seed}")
    random, until = Random(seed), time.monotonic() + minutes * 60
    tried = taken = 0
    while time.monotonic() < until:
        for _ in range(500):
            taken += judge(bent(random))
            tried += 1
    click.echo(f"{tried:,} tokens bent; {taken:,} taken for what they say, none wrongly")


def _by_coverage(minutes: float) -> None:
    import atheris  # type: ignore[import-untyped, import-not-found, unused-ignore]

    with atheris.instrument_imports(include=["cose", "identity"]):
        from tests.fuzz.bending import Bent
        from tests.fuzz.judging import judge
        from tests.identity.attacks.made import GOOD

    def one(data: bytes) -> None:
        for on in GOOD:
            judge(Bent(on, data, is_signed=on == "key set"))

    with tempfile.TemporaryDirectory() as corpus:
        for number, token in enumerate(GOOD.values()):
            (Path(corpus) / str(number)).write_bytes(token)
        told = [f"-max_total_time={int(minutes * 60)}", "-max_len=6000", "-print_final_stats=1"]
        atheris.Setup([sys.argv[0], corpus, *told], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
