"""The same time for many tasks, watched by one timer.

`asyncio.timeout` sets a timer for each, and takes it back when the task is done, which
nearly all are. Where everybody has the same time, whoever began first is over first.
"""

import asyncio
from types import TracebackType


class Deadline:
    """Gives tasks of one event loop `seconds` each."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._timed: dict[Timed, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, timed: "Timed") -> float:
        """End `timed` when its time is over, and return when that is."""
        loop = asyncio.get_running_loop()
        at = loop.time() + self.seconds
        self._timed[timed] = None
        if self._timer is None:
            self._timer = loop.call_at(at, self._end)
        return at

    def leave(self, timed: "Timed") -> None:
        """Let `timed` take as long as it likes."""
        self._timed.pop(timed, None)

    def _end(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = None
        while self._timed:
            first = next(iter(self._timed))
            if first.at > loop.time():
                self._timer = loop.call_at(first.at, self._end)
                return
            self.leave(first)
            first.end()


class Timed:
    """A block of one task: raises `TimeoutError` where its time is over before it is."""

    __slots__ = ("_cancelled", "_deadline", "_task", "at", "is_over")

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self.is_over = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task can be timed")
        self._task, self._cancelled = task, task.cancelling()
        self.at = self._deadline.watch(self)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        self._deadline.leave(self)
        if not self.is_over:
            return
        # Whoever else wants the task to end gets what they want (as `asyncio.timeout` does).
        alone = self._task.uncancel() <= self._cancelled
        if alone and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def let_go(self) -> None:
        """Take as long as need be from now on."""
        self._deadline.leave(self)

    def end(self) -> None:
        """End the task: its time is over."""
        self.is_over = True
        self._task.cancel()
