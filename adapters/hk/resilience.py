"""How often a provider is asked again, and when it is left alone.

tenacity and purgatory read clocks and randomness of their own, which nothing here
may; what is needed of them is little. One process keeps one of each: several
servers find out for themselves that a provider is down.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from identity.errors import ProviderUnavailable

ATTEMPTS = 3
FIRST_WAIT, LONGEST_WAIT = 0.2, 2.0
FAILURES_TO_OPEN = 5
OPEN_FOR = timedelta(seconds=30)
MOST_SAVED, SAVED_BY_CALL = 10.0, 0.1


class Circuit:
    """Lets calls through until several in a row fail, then one at a time, now and then.

    Raises `ProviderUnavailable`, saying when to come back, for a call that is not let
    through. A refusal in the provider's own words is no failure: it is there.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._failures = 0
        self._opened_at: datetime | None = None
        self._trying = False

    @contextmanager
    def call(self, *, heals: bool = True) -> Iterator[None]:
        """Guard one call; only `ProviderUnavailable` counts as its failure.

        One that does not heal says nothing of the others when it succeeds.
        """
        trial = self._admit()
        try:
            yield
        except ProviderUnavailable:
            self._failed()
            raise
        else:
            if heals:
                self._failures, self._opened_at = 0, None
        finally:
            if trial:
                self._trying = False

    def _admit(self) -> bool:
        if self._opened_at is None:
            return False
        left = OPEN_FOR - abs(self._clock() - self._opened_at)
        if left > timedelta():
            raise _wait(left)
        if self._trying:
            raise _wait(timedelta(seconds=1))
        self._trying = True
        return True

    def _failed(self) -> None:
        self._failures += 1
        if self._failures >= FAILURES_TO_OPEN:
            self._opened_at = self._clock()


@dataclass(slots=True)
class Budget:
    """How many repetitions may still be afforded: a tenth of all calls, and a few saved.

    So a provider that is down for everybody is not asked three times by each.
    """

    saved: float = MOST_SAVED

    def earn(self) -> None:
        """Count a call that was made once."""
        self.saved = min(MOST_SAVED, self.saved + SAVED_BY_CALL)

    def spend(self) -> bool:
        """Tell whether a repetition can be afforded, and take it off."""
        if self.saved < 1:
            return False
        self.saved -= 1
        return True


def full_jitter(attempt: int, random_bytes: Callable[[int], bytes]) -> float:
    """Return the seconds to wait after `attempt` (from 0): anything up to its doubled bound."""
    bound = min(LONGEST_WAIT, FIRST_WAIT * (1 << attempt))
    return bound * int.from_bytes(random_bytes(4), "big") / 2**32


def _wait(left: timedelta) -> ProviderUnavailable:
    seconds = max(1, -(-left // timedelta(seconds=1)))
    return ProviderUnavailable(
        "iAM Smart failed several times in a row and is left alone for a while",
        retry_after=seconds,
    )
