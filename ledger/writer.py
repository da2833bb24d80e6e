"""One writer at a time: many jobs, one durable transaction.

Jobs are decided one after another, each seeing what those before it in the
batch are about to add, so none can conflict with another. Nobody is answered,
not even with a refusal, before the commit it may rest on is durable.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from ledger.afterwards import Afterwards
from ledger.draft import Draft
from ledger.effect import note
from ledger.errors import Closed, Overloaded, Unavailable

T = TypeVar("T")

CAPACITY = 4_096
LARGEST_BATCH = 256

Job = Callable[[Draft], T]
Begin = Callable[[Sequence[bytes]], AbstractContextManager[Draft]]


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[T]):
    job: Job[T]
    keys: Sequence[bytes]
    future: Future[T]


class Writer:
    """Takes jobs from any thread, and commits them in batches.

    `begin` gives a draft, told of the one-time keys that its jobs look at, and
    makes it durable after the block or raises: `Unavailable` when nothing can be
    written, anything else when one of the batch is at fault. `rest` is called for
    what nobody waits for, in a thread of its own and a tenth of a second after a commit.
    """

    def __init__(
        self,
        begin: Begin,
        rest: Callable[[], object] = bool,
        *,
        capacity: int = CAPACITY,
        largest: int = LARGEST_BATCH,
    ) -> None:
        self._begin = begin
        self._afterwards = Afterwards(rest)
        self._turn, self._gate = threading.Lock(), threading.Lock()
        self._capacity = capacity
        self._largest = largest
        self._queue: SimpleQueue[_Waiting[Any] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._closed = False
        self._thread.start()

    def put(self, job: Job[T], *, keys: Sequence[bytes] = (), wait: bool = False) -> Future[T]:
        """Queue `job`, which looks at one-time `keys`, and return its answer to come.

        A caller who is going to `wait` does the job itself where nobody else is
        writing: waking another thread takes as long as deciding. Raises
        `Overloaded` when too many are queued, unless the caller waits.
        """
        waiting = _Waiting(job, keys, Future[T]())
        note(waiting.future)
        if wait and self._queue.empty() and self._turn.acquire(blocking=False):
            try:
                self._check_open()
                self._write([waiting])
            finally:
                self._turn.release()
        elif self._queue.qsize() >= self._capacity and not wait:
            raise Overloaded("too much is waiting to be written; try again")
        else:
            self._put(waiting)
        return waiting.future

    def is_running(self) -> bool:
        """Tell whether jobs that are queued will be done."""
        return self._thread.is_alive()

    @property
    def waiting(self) -> int:
        """About how many jobs are queued."""
        return self._queue.qsize()

    def close(self) -> None:
        """Finish what is queued, and stop."""
        with self._gate:
            if not self._closed:
                self._closed = True
                # Nothing is queued behind it.
                self._queue.put(None)
        self._thread.join()
        self._afterwards.close()

    def _put(self, waiting: _Waiting[Any]) -> None:
        with self._gate:
            self._check_open()
            self._queue.put(waiting)

    def _check_open(self) -> None:
        if self._closed:
            raise Closed("the ledger is closed")

    def _run(self) -> None:
        is_over = False
        while not is_over and (first := self._queue.get()) is not None:
            batch, is_over = self._drain(first)
            with self._turn:
                self._write([waiting for waiting in batch if _is_wanted(waiting)])

    def _drain(self, first: _Waiting[Any]) -> tuple[list[_Waiting[Any]], bool]:
        batch = [first]
        with suppress(Empty):
            while len(batch) < self._largest:
                waiting = self._queue.get_nowait()
                if waiting is None:
                    return batch, True
                batch.append(waiting)
        return batch, False

    def _write(self, batch: Sequence[_Waiting[Any]]) -> None:
        if not batch:
            return
        answers: list[tuple[Any, BaseException | None]] = []
        try:
            with self._begin([key for waiting in batch for key in waiting.keys]) as draft:
                answers = [_answer(waiting.job, draft) for waiting in batch]
        except Unavailable as error:
            answers = [(None, error)] * len(batch)
        except Exception as error:
            if len(batch) > 1:
                # One of them is at fault; each alone finds out which.
                for waiting in batch:
                    self._write([waiting])
                return
            answers = [(None, error)]
        except BaseException as error:
            answers = [(None, error)] * len(batch)
        for waiting, (value, refusal) in zip(batch, answers, strict=True):
            if refusal is None:
                waiting.future.set_result(value)
            else:
                waiting.future.set_exception(refusal)
        self._afterwards.ask()


def _is_wanted(waiting: _Waiting[Any]) -> bool:
    """Tell whether anybody waits still; from then on they cannot go back on it."""
    return waiting.future.set_running_or_notify_cancel()


def _answer(job: Job[Any], draft: Draft) -> tuple[Any, BaseException | None]:
    head = draft.head
    try:
        return job(draft), None
    except Exception as error:
        if draft.head != head:
            # What it added must not stay: the batch is dropped, and each done again alone.
            raise
        return None, error
