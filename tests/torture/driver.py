"""One run: a log that lives several lives, each ended by a kill, each inspected."""

from dataclasses import dataclass, replace
from pathlib import Path
from time import sleep

from tests.torture.inspection import inspect
from tests.torture.nursery import Nursery
from tests.torture.plan import Life, lives
from tests.torture.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Survived:
    """What runs came through."""

    kills: int = 0
    entries: int = 0
    acknowledged: int = 0
    unanswered: int = 0

    def __add__(self, other: "Survived") -> "Survived":
        return Survived(
            kills=self.kills + other.kills,
            entries=self.entries + other.entries,
            acknowledged=self.acknowledged + other.acknowledged,
            unanswered=self.unanswered + other.unanswered,
        )


def run(seed: int, folder: Path, nursery: Nursery) -> Survived:
    """Torture a new log in `folder`; raises `AssertionError` that names the seed."""
    store = Store(folder=folder / "home")
    answers = folder / "acknowledged"
    survived, before = Survived(), 0
    for life in lives(seed):
        process = nursery.start(store, life, answers)
        sleep(life.seconds)
        try:
            nursery.kill(process)
            found = inspect(store, [life], answers)
        except Exception as error:
            place = f"seed {seed}, kill {life.number + 1}"
            raise AssertionError(f"{place}: {error}") from error
        survived += Survived(
            kills=1,
            entries=found.entries - before,
            acknowledged=found.acknowledged,
            unanswered=found.unanswered,
        )
        before = found.entries
    return survived


def numbered(life: Life, number: int) -> Life:
    """The same life under another number, so that its clients ask for cases of their own."""
    return replace(life, number=number)
