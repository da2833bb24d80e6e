"""Ledgers to test with, and a stranger's look at the log they leave behind."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from cose import ED25519, Ed25519Signer, KeyRecord
from ledger.actor import Actor
from ledger.application import Appended, Book, Ledger
from ledger.codec import Codec
from ledger.commands import Command
from ledger.databases import Database, open_database
from ledger.once import OnceSeal
from ledger.ports import SubjectKeys
from ledger.published import PublishedLog
from ledger.recorder import LedgerRecorder
from ledger.transparency import CHECKPOINT, RECEIPT, VIEW_CERTIFICATE
from tests.ledger.cases import BOOK, NOON, VERIFIED
from tests.ledger.fakes import Dice, FakeSubjectKeys


class SetClock:
    """Shows the time it was set to."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


OPENED: list[Ledger] = []
"""What a test opened, to be closed when it is over."""


def opened(
    database: str,
    clock: Callable[[], datetime] = SetClock(),  # noqa: B008
    *,
    keys: SubjectKeys | None = None,
    random: Callable[[int], bytes] | None = None,
    book: Book = BOOK,
    secret: bytes = bytes(32),
    through: Callable[[Database], Database] = lambda database: database,
) -> Ledger:
    """Open the ledger in `database`; keys are the same each time for the same subject.

    `through` may put something between the ledger and its database.
    """
    keys = keys or FakeSubjectKeys()
    recorder = LedgerRecorder(through(open_database(database)), OnceSeal(secret))
    ledger = Ledger(
        recorder=recorder,
        published=published(recorder, clock),
        keys=keys,
        codec=Codec(keys, random or Dice()),
        book=book,
        clock=clock,
        secret=secret,
        origin="log.example/1",
    )
    OPENED.append(ledger)
    return ledger


def published(recorder: LedgerRecorder, clock: Callable[[], datetime]) -> PublishedLog:
    """The public side of a log that keeps its head nowhere."""
    signer = Ed25519Signer(bytes(32))
    record = KeyRecord(
        public_key=signer.public_key,
        algorithm=ED25519,
        use=frozenset({CHECKPOINT, RECEIPT, VIEW_CERTIFICATE}),
        not_before=NOON - timedelta(days=3650),
        expires=NOON + timedelta(days=3650),
    )
    return PublishedLog(
        recorder,
        origin="log.example/1",
        signer=signer,
        keys=(record,),
        path=None,
        clock=clock,
    )


def do(ledger: Ledger, command: Command, by: Actor, number: int = 0) -> Appended:
    """Submit `command` under an id of its own; `number` tells two alike apart."""
    name = f"{type(command).__name__} {command.case_id} {number}"
    command_id = UUID(bytes=sha256(name.encode()).digest()[:16])
    return ledger.submit(command, by, command_id=command_id, verified=VERIFIED).result()


def check_log(ledger: Ledger) -> None:
    """Look at all of the log as a stranger would, who has only its tables.

    It may grow meanwhile: what is there as one looks at the entries lies between the leaves
    of before and of after, which are the same in a log at rest.
    """
    before = ledger.recorder.select_leaves(start=0, limit=ledger.head + 1)
    stored = ledger.recorder.select_notifications(1, 1 << 32)
    after = ledger.recorder.select_leaves(start=0, limit=len(stored) + 1)
    leaves = [sha256(b"\0" + each.state).digest() for each in stored]
    entries = [ledger.codec.read_strictly(each, position=each.id) for each in stored]
    versions = Counter[UUID]()

    assert [each.id for each in stored] == list(range(1, len(stored) + 1))
    assert before == leaves[: len(before)]
    assert after[: len(leaves)] == leaves
    for entry in entries:
        versions[entry.stream] += 1
        assert entry.version == versions[entry.stream]
    times = [entry.recorded_at for entry in entries]
    assert times == sorted(times)
