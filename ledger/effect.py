"""Whether a request wrote anything, for whoever answers it: however deep that was done.

What is begun inside of `noting`, in tasks and in threads of `asyncio.to_thread`, notes
what it gives the writer with the same effect.
"""

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from ledger.errors import OutcomeUnknown


@dataclass(frozen=True, slots=True)
class Effect:
    """What was given to the writer meanwhile."""

    given: list[Future[Any]] = field(default_factory=list)

    def may_be_there(self) -> bool:
        """Tell whether any of it was written, is going to be, or nobody knows."""
        return any(map(_may_be_there, self.given))


@contextmanager
def noting() -> Iterator[Effect]:
    """Note what is given to the writer in here."""
    effect = Effect()
    token = _EFFECT.set(effect)
    try:
        yield effect
    finally:
        _EFFECT.reset(token)


def note(given: Future[Any]) -> None:
    """Note what will come of a job, where somebody wants to know."""
    effect = _EFFECT.get()
    if effect is not None:
        effect.given.append(given)


def _may_be_there(given: Future[Any]) -> bool:
    if not given.done():
        return True
    return not given.cancelled() and isinstance(given.exception(), OutcomeUnknown | None)


_EFFECT: ContextVar[Effect | None] = ContextVar("effect", default=None)
