"""Clients that go on asking, whatever becomes of the database, and note each answer."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from time import monotonic, sleep

from ledger.application import Appended, Ledger
from ledger.errors import OutcomeUnknown, Unavailable
from tests.torture.acknowledged import Acknowledgements
from tests.torture.asking import Ask, asks, cases
from tests.torture.plan import Life

_ENDLESS = 1_000_000
_LOOK_AGAIN = 0.1


@dataclass(slots=True)
class Load:
    """What happened: when answers came, and how often nobody could give one."""

    answered: list[float] = field(default_factory=list)
    unavailable: int = 0
    unknown: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)

    def pause_around(self, moment: float, until: float) -> float:
        """Return the longest time without an answer from `moment` to `until`, in seconds."""
        with self._lock:
            before = max(t for t in self.answered if t <= moment)
            times = [before, *(t for t in self.answered if moment < t <= until)]
        return max(b - a for a, b in pairwise(times))

    def has_answered_since(self, moment: float) -> bool:
        """Tell whether an answer came after `moment`."""
        with self._lock:
            return bool(self.answered) and self.answered[-1] > moment

    def _note(self) -> None:
        with self._lock:
            self.answered.append(monotonic())

    def _ask(self, ledger: Ledger, life: Life, client: int, answers: Acknowledgements) -> None:
        for case_id in cases(life, client, _ENDLESS):
            if self._stop.is_set():
                return
            for ask in asks(case_id):
                answers.add(ask, self._answer(ask, ledger))
                self._note()

    def _answer(self, ask: Ask, ledger: Ledger) -> Appended:
        """Ask under one command id until there is an answer, as a client does."""
        while True:
            try:
                return ask.of(ledger)
            except OutcomeUnknown:
                self.unknown += 1
            except (Unavailable, TimeoutError):
                self.unavailable += 1
            sleep(_LOOK_AGAIN)


@contextmanager
def load(ledger: Ledger, life: Life, answers: Acknowledgements) -> Iterator[Load]:
    """Let the clients of `life` ask until the block ends, each its case to the end."""
    going = Load()

    def noting(client: int) -> None:
        try:
            going._ask(ledger, life, client, answers)
        except Exception as error:
            answers.wrong(f"{type(error).__name__} while at work: {error}")

    clients = [threading.Thread(target=partial(noting, n)) for n in range(life.clients)]
    for client in clients:
        client.start()
    try:
        yield going
    finally:
        going._stop.set()
        for client in clients:
            client.join()
