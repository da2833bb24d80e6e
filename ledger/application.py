"""Load, decide, append: the only writer of the log.

Everything is decided in one thread, while nobody else may write to the log, so
a conflict can only mean a caller whose picture of a case is old.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial, reduce
from hashlib import blake2b, sha256
from typing import TypeVar
from uuid import UUID

import msgspec
from eventsourcing.persistence import (
    IntegrityError,
    StoredEvent,
)

from cose import cbor
from ledger.actor import SYSTEM, Actor
from ledger.agreements import Agreements
from ledger.batch import Batch
from ledger.calendar import Calendar
from ledger.case import Case, evolve, fold
from ledger.catalogue import Catalogue
from ledger.codec import Codec
from ledger.commands import Command, SubmitApplication
from ledger.databases.errors import CannotReach, CannotRead
from ledger.draft import Draft
from ledger.entries import Entries
from ledger.entry import Entry
from ledger.errors import (
    CaseChanged,
    CaseNotFound,
    CommandReused,
    OutcomeUnknown,
    UsedBefore,
)
from ledger.head import Head
from ledger.log_events import LogBegan, log_id
from ledger.once import Once, Used
from ledger.ports import SubjectKeys
from ledger.published import PublishedLog
from ledger.recent import Recent
from ledger.recorder import LedgerRecorder
from ledger.rules import Context, HandedOver, SignedDocument, Verified, decide
from ledger.rules.subjects import check_free
from ledger.subject_events import Standing, standing, subject_id
from ledger.writer import Writer

T = TypeVar("T")

_PAGE = 1_000
_RECENT = 10_000
_LISTEN = 1.0

_log = logging.getLogger("tongban.ledger")


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """What a command added, and the case as it left it."""

    case: Case
    entries: tuple[Entry, ...]

    @property
    def position(self) -> int:
        """The log position a reader may wait for."""
        return self.entries[-1].position


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What the rules look things up in.

    `account` names a person of ours, by their pseudonym, to one partner region.
    """

    catalogue: Catalogue
    calendars: Mapping[str, Calendar]
    agreements: Agreements = field(default_factory=dict)
    account: Callable[[str, str], str] = lambda _region, _subject: ""


class Ledger(Entries):
    """The log of one home, and the commands that may add to it.

    `secret` keys the fingerprints of command bodies, so that the table of
    one-time keys does not give away what was asked.
    """

    def __init__(
        self,
        *,
        recorder: LedgerRecorder,
        keys: SubjectKeys,
        codec: Codec,
        book: Book,
        clock: Callable[[], datetime],
        secret: bytes,
        origin: str,
        published: PublishedLog,
    ) -> None:
        """A head of `published` is signed after every commit, if not before it is asked for."""
        super().__init__(recorder, codec)
        self.book = book
        self.published = published
        self.keys = keys
        self._clock = clock
        self._secret = secret
        self._head = Head(recorder)
        self._decided = self._head.position
        self._last_recorded = self._last()
        self._cases = Recent[UUID, Case](_RECENT)
        self._writer = Writer(self._batch, self._publish)
        if not self._decided:
            self._begin(origin)

    @property
    def head(self) -> int:
        """The position of the newest durable entry."""
        return self._head.position

    def wait_beyond(
        self, position: int, seconds: float, stopped: Callable[[], bool] = bool
    ) -> bool:
        """Wait as `Head.wait_beyond` does."""
        return self._head.wait_beyond(position, seconds, stopped)

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

    def submit(
        self,
        command: Command,
        actor: Actor,
        *,
        command_id: UUID,
        verified: Verified | None = None,
        signed: SignedDocument | None = None,
        taken_back: bool = False,
        expected_version: int | None = None,
        once: Sequence[str] = (),
        wait: bool = False,
    ) -> Future[Appended]:
        """Apply `command`; the answer comes when it is durable.

        To `wait` is to have it when this returns, and is quicker for one alone.
        A command id seen before gets the first answer again. The future raises
        what `decide` raises, `CaseChanged` when the case is not at
        `expected_version`, `CommandReused` when the id came with another body,
        `UsedBefore` when one of `once` was used, and `Unavailable`. Raises
        `Overloaded` at once when too much is waiting.
        """
        key = Once(key=_command_key(actor, command_id), body=self.fingerprint(command))
        others = [Once.of(text) for text in once]

        def job(draft: Draft) -> Appended:
            before = draft.used_for(key.key)
            if before is not None:
                return self._again(draft, key, before)
            case = self.case(draft, command.case_id)
            if expected_version is not None and (
                case is None or case.version != expected_version
            ):
                raise CaseChanged("the case is not at that version any more; read it again")
            check_unused(draft, others)
            new = self.decide(
                draft, command, actor, verified, signed=signed, taken_back=taken_back
            )
            answer = self.append(draft, new, [key, *others])
            draft.answers[key.key] = answer
            return answer

        keys = [each.key for each in (key, *others)]
        return self._writer.put(job, keys=keys, wait=wait)

    def decide(
        self,
        draft: Draft,
        command: Command,
        actor: Actor,
        verified: Verified | None = None,
        handed_over: HandedOver | None = None,
        signed: SignedDocument | None = None,
        taken_back: bool = False,
    ) -> list[Entry]:
        """Answer `command` with entries that are still to be appended, or refuse it.

        For a job that does more in the same transaction.
        """
        case = self.case(draft, command.case_id)
        catalogue = self.book.catalogue
        if isinstance(command, SubmitApplication):
            item, subject = catalogue.current(command.item), actor.principal
            check_free(self.standing(subject, draft))
        elif case is not None:
            item, subject = catalogue.item(case.item, case.item_version), case.subject
        else:
            raise CaseNotFound(f"there is no case {command.case_id}")
        authority = catalogue.authority(item.authority)
        now = max(self._clock(), draft.last_recorded)
        context = Context(
            now=now,
            actor=actor,
            item=item,
            authority=authority,
            calendar=self.book.calendars[authority.calendar],
            verified=verified,
            handed_over=handed_over,
            signed=signed,
            taken_back=taken_back,
            agreements=self.book.agreements,
            account=partial(_account, self.book, subject),
        )
        version = 0 if case is None else case.version
        return [
            Entry(
                stream=command.case_id,
                version=version + n,
                event=decided.event,
                recorded_at=now,
                effective_at=decided.effective_at,
                actor=actor,
                legal_basis=decided.legal_basis or item.legal_basis[0],
                item=item.id,
                item_version=item.version,
                subject=subject,
            )
            for n, decided in enumerate(decide(command, case, context), start=1)
        ]

    def append(
        self, draft: Draft, entries: Sequence[Entry], once: Sequence[Once] = ()
    ) -> Appended:
        """Add what `decide` answered to the draft."""
        case_id = entries[0].stream
        before = self.case(draft, case_id)
        added = draft.add(entries, once)
        draft.cases[case_id] = _after(before, added)
        return Appended(case=draft.cases[case_id], entries=added)

    def case(self, draft: Draft, case_id: UUID) -> Case | None:
        """Return the case as the draft leaves it, for a job; `None` if there is none."""
        return draft.cases.get(case_id) or self._cases.get(case_id) or self.find(case_id)

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
            check_unused(draft, once)
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

    def was_given(self, actor: Actor, command_id: UUID) -> bool:
        """Tell whether `submit` has a first answer to this command id."""
        return self.recorder.select_once(_command_key(actor, command_id)) is not None

    def standing(self, subject: str, draft: Draft | None = None) -> Standing:
        """Return whether the data of `subject` may be used; after `draft`, if one is given."""
        stream = subject_id(subject)
        added = [] if draft is None else draft.persons.get(stream, [])
        return standing([*self.entries(stream, opened=False), *added])

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
        self._cases.update(draft.cases)
        self._last_recorded = draft.last_recorded
        self._decided = draft.head
        self.published.has_grown()
        self._head.reached(draft.head)

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
            self._cases.drop(stream)
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

    def _again(self, draft: Draft, key: Once, before: Used) -> Appended:
        if before.body != key.body:
            raise CommandReused("this command id was used for another command")
        answer: Appended | None = draft.answers.get(key.key)
        return self._answer(before.first, before.last) if answer is None else answer

    def _answer(self, first: int, last: int) -> Appended:
        added = tuple(self.read(first - 1, until=last))
        earlier = self.entries(added[0].stream, opened=False)[: added[0].version - 1]
        return Appended(case=_after(fold(earlier), added), entries=added)

    def fingerprint(self, command: object) -> bytes:
        """Return what tells `command` from others to who has the home's secret."""
        body = msgspec.json.encode([type(command).__name__, command], order="sorted")
        return blake2b(body, key=self._secret, digest_size=32).digest()


def check_unused(draft: Draft, keys: Sequence[Once]) -> None:
    twice = len({key.key for key in keys}) < len(keys)
    if twice or any(draft.used_for(key.key) is not None for key in keys):
        raise UsedBefore("this was used once already")


def _after(case: Case | None, added: Sequence[Entry]) -> Case:
    first, *others = added
    return reduce(evolve, others, evolve(case, first))


def _account(book: Book, subject: str, region: str) -> str:
    return book.account(region, subject)


def _command_key(actor: Actor, command_id: UUID) -> bytes:
    asker = [actor.authority, actor.id]
    return sha256(cbor.encode(["command", *asker, command_id.bytes])).digest()
