"""What one run does, all of it drawn from its seed."""

from dataclasses import dataclass
from random import Random

_AT_START = 0.06
_AT_WORK = 0.45


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One life of the process: what it is busy with, and after how long it is killed."""

    seed: int
    number: int
    clients: int
    imports: bool
    rebuilds: bool
    seconds: float


def lives(seed: int) -> list[Life]:
    """Return the lives of one run, one after another on the same log."""
    random = Random(seed)
    return [
        Life(
            seed=seed,
            number=number,
            clients=random.choice([1, 4, 16]),
            imports=random.random() < 0.5,
            rebuilds=random.random() < 0.5,
            seconds=_seconds(random),
        )
        for number in range(random.randint(1, 3))
    ]


def _seconds(random: Random) -> float:
    if random.random() < 0.3:
        return random.uniform(0, _AT_START)
    return random.uniform(_AT_START, _AT_WORK)
