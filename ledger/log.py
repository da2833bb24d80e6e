"""The log of one home, and the one writer that adds to it.

What is added is decided in one thread, while nobody else may write to the log, so a
conflict can only mean a caller whose picture of a stream is old.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime
from time import perf_counter
from typing import Final, TypeVar
from uuid import UUID

from eventsourcing.persistence import IntegrityError, StoredEvent

from ledger.actor import SYSTEM
from ledger.batch import Batch
from ledger.case import Case, fold
from ledger.codec import Codec
from ledger.databases.errors import CannotReach, CannotRead
from ledger.draft import Draft
from ledger.entries import Entries
from ledger.entry import Entry
from ledger.errors import CaseChanged, OutcomeUnknown
from ledger.events import CASE_EVENTS
from ledger.head import Head
from ledger.log_events import LogBegan, log_id
from ledger.once import Once
from ledger.ports import SubjectKeys
from ledger.published import PublishedLog
from ledger.recent import Recent
from ledger.recorder import LedgerRecorder
from ledger.writer import Writer

T = TypeVar("T")

FEW: Final = 64
"""Fewer entries are read while everybody else waits: half a millisecond's worth."""

_RECENT = 10_000
_OF_CASES = frozenset(CASE_EVENTS.values())

_log = logging.getLogger("tongban.ledger")


class Log(Entries):
    """What is in a log, and what makes more of it durable.

    `recent` are cases as the newest commits left them. Where servers share the log,
    they are what it was when this one decided last, and only jobs may go by that.
    """

    def __init__(
        self,
        *,
        recorder: LedgerRecorder,
        keys: SubjectKeys,
        codec: Codec,
        clock: Callable[[], datetime],
        origin: str,
        published: PublishedLog,
    ) -> None:
        """A head of `published` is signed after every commit, if not before it is asked for."""
        super().__init__(recorder, codec)
        self.published = published
        self.keys = keys
        self.recent = Recent[UUID, Case | None](_RECENT)
        self._clock = clock
        self._head = Head(recorder)
        self._decided = self._head.position
        self._last_recorded = self._last()
        self.on_commit: Callable[[Sequence[Entry], float], object] = _nothing
        """Told of each durable batch and its seconds, by the thread that wrote it."""
        self._writer = Writer(self._batch, self._publish)
        if not self._decided:
            self._begin(origin)

    @property
    def head(self) -> int:
        """The position of the newest durable entry."""
        return self._head.position

    def is_writing(self) -> bool:
        """Tell whether there is anybody to do what is queued."""
        return self._writer.is_running()

    @property
    def waiting(self) -> int:
        """About how many jobs wait to be decided."""
        return self._writer.waiting

    def remembered(self, case_id: UUID) -> Case | None:
        """Return the case as it stands, if that is known without reading the log."""
        return None if self.recorder.database.is_shared else self.recent.get(case_id)

    def find(self, case_id: UUID) -> Case | None:
        """Return the case as it stands, or `None` if it was never opened here."""
        case, head = self.remembered(case_id), self.head
        if case is None:
            case = super().find(case_id)
            self._remember(case_id, case, head)
        return case

    def at_hand(self, case_id: UUID) -> Case | None:
        """Return the case as it stands, or `None` where telling may take longer.

        For an event loop: a short case in a file of ours is read in less time than a
        thread is asked to. Another server's database, a stream of many entries, and
        whether there is such a case at all, are for `find` in a thread.
        """
        case, head = self.remembered(case_id), self.head
        if case is not None or self.recorder.database.is_shared:
            return case
        entries = self.entries_beyond(case_id, 0, until=FEW)
        if not 0 < len(entries) < FEW or type(entries[0].event) not in _OF_CASES:
            return None
        case = fold(entries)
        self._remember(case_id, case, head)
        return case

    def _remember(self, case_id: UUID, case: Case | None, head: int) -> None:
        """Keep a case that was read when the log had come to `head`."""
        # A commit since has left its own, unless so many came that it is gone.
        alone = not self.recorder.database.is_shared
        if case is not None and alone and self.head - head < self.recent.size:
            self.recent.offer(case_id, case)

    def wait_beyond(
        self, position: int, seconds: float, stopped: Callable[[], bool] = bool
    ) -> bool:
        """Wait as `Head.wait_beyond` does."""
        return self._head.wait_beyond(position, seconds, stopped)

    def reached(self, position: int) -> None:
        """Hear from another process that the log has come to `position`."""
        self._head.reached(position)

    def wake(self) -> None:
        """Let whoever waits look at once, as when the process is about to stop."""
        self._head.wake()

    def close(self) -> None:
        """Write what is queued, and let go of the log."""
        self._writer.close()
        self._head.close()
        self.recorder.database.close()
        self.keys.close()

    def now(self) -> datetime:
        """The time an entry written next would carry; it never goes back."""
        return max(self._clock(), self._last_recorded)

    def record(
        self, entries: Sequence[Entry], *, once: Sequence[Once] = ()
    ) -> tuple[Entry, ...]:
        """Append `entries` in one durable transaction and return them with positions.

        What was made before another writer's entries is recorded after them: no
        earlier than they were. Raises `CaseChanged` if a version is taken,
        `UsedBefore`, and `Unavailable`.
        """

        return self.recording(entries, once=once, wait=True).result()

    def recording(
        self, entries: Sequence[Entry], *, once: Sequence[Once] = (), wait: bool = False
    ) -> Future[tuple[Entry, ...]]:
        """Do as `record` does, and let the answer come when it is durable."""

        def job(draft: Draft) -> tuple[Entry, ...]:
            draft.check_unused(once)
            return draft.add(entries, once)

        return self._writer.put(job, keys=[each.key for each in once], wait=wait)

    def write(self, job: Callable[[Draft], T], *, keys: Sequence[bytes] = ()) -> T:
        """Run `job` where nobody else may write; what it adds to the draft is durable after.

        The draft knows what those one-time `keys` were used for that are named here.
        """
        return self.writing(job, keys=keys, wait=True).result()

    def writing(
        self, job: Callable[[Draft], T], *, keys: Sequence[bytes] = (), wait: bool = False
    ) -> Future[T]:
        """Do as `write` does, and let the answer come when it is durable."""
        return self._writer.put(job, keys=keys, wait=wait)

    def _last(self) -> datetime:
        if not self.head:
            return self._clock()
        try:
            [last] = self.read(self.head - 1, until=self.head)
        except CannotRead:
            # Whoever looks for the damage has to get in.
            return self._clock()
        return last.recorded_at

    def _begin(self, origin: str) -> None:
        """Write the log's own first entry, unless another server was first."""
        now = self.now()
        began = Entry(
            stream=log_id(origin),
            version=1,
            event=LogBegan(origin=origin),
            recorded_at=now,
            effective_at=now,
            actor=SYSTEM,
        )
        self._writer.put(lambda draft: draft.head or draft.add([began], [])).result()

    @contextmanager
    def _batch(self, keys: Sequence[bytes]) -> Iterator[Draft]:
        """Give a draft on the log as it is now, and make it durable."""
        began = perf_counter()
        draft, stored = Draft(head=0, last_recorded=self._last_recorded), list[StoredEvent]()
        try:
            with self.recorder.writing() as log:
                self._follow_others(log)
                draft.head, draft.last_recorded = log.head, self._last_recorded
                draft.used = log.used(keys)
                yield draft
                if draft.entries:
                    self.keys.create(
                        {e.subject for e in draft.entries if e.subject is not None}
                    )
                    stored += [self.codec.store(entry) for entry in draft.entries]
                    log.append(stored, draft.once)
        except IntegrityError as error:
            raise CaseChanged("another writer got there first") from error
        except CannotReach:
            # A commit that failed to answer may have taken place all the same.
            if not stored or not self._holds(draft.entries[0].position, stored[0]):
                raise
        touched = {e.stream for e in draft.entries if type(e.event) in _OF_CASES}
        # What is not known is said too, so that nobody offers what it was before.
        self.recent.update({**dict.fromkeys(touched), **draft.cases})
        self._last_recorded = draft.last_recorded
        self._decided = draft.head
        self.published.has_grown()
        self._head.reached(draft.head)
        if draft.entries:
            self._tell(draft.entries, perf_counter() - began)

    def _tell(self, entries: Sequence[Entry], seconds: float) -> None:
        try:
            self.on_commit(entries, seconds)
        except Exception as error:
            # It is durable, whoever wants to hear of it.
            _log.error("a batch was not told of: %s", type(error).__name__)

    def _publish(self) -> None:
        try:
            self.published.sign_head()
        except Exception as error:
            # Whoever asks for the head next has it signed then; the writer has to go on.
            _log.error("the head cannot be signed now: %s", type(error).__name__)

    def _follow_others(self, log: Batch) -> None:
        """Forget what is not so any more since another server wrote."""
        if log.head == self._decided:
            return
        for stream in log.streams_since(self._decided):
            self.recent.drop(stream)
        for position, state in log.states(log.head):
            last = self.codec.read_state(state, position, opened=False)
            self._last_recorded = max(self._last_recorded, last.recorded_at)
        self._decided = log.head
        self._head.reached(log.head)

    def _holds(self, position: int, stored: StoredEvent) -> bool:
        """Tell whether `stored` became durable, once nobody is committing any more."""
        try:
            with self.recorder.writing() as log:
                return log.states(position) == [(position, stored.state)]
        except CannotReach as error:
            raise OutcomeUnknown(
                "whether this was recorded cannot be told now; send it again with the same id"
            ) from error


def _nothing(entries: Sequence[Entry], seconds: float) -> None:
    """Tell nobody."""
