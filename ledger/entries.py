"""Reading the log: a stream, a stretch, or all of it, sealed or opened."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from eventsourcing.persistence import Notification

from ledger.batch import State
from ledger.case import Case, fold
from ledger.codec import Codec
from ledger.entry import Entry
from ledger.errors import CaseNotFound
from ledger.events import CASE_EVENTS
from ledger.recorder import LedgerRecorder

_PAGE = 1_000


class Entries:
    """What is in a log, as entries; `codec` opens what is personal."""

    def __init__(self, recorder: LedgerRecorder, codec: Codec) -> None:
        self.recorder = recorder
        self.codec = codec

    def find(self, case_id: UUID) -> Case | None:
        """Return the case as it stands, or `None` if it was never opened here."""
        entries = self.entries(case_id, opened=False)
        if entries and type(entries[0].event) not in CASE_EVENTS.values():
            raise CaseNotFound(f"{case_id} is a record of another kind, not a case")
        return fold(entries)

    def entries(self, stream: UUID, *, opened: bool = True) -> list[Entry]:
        """Return every entry of `stream` in order, personal fields opened if asked."""
        return self.codec.read_states(self.recorder.select_stream(stream), opened=opened)

    def entries_beyond(
        self, stream: UUID, version: int, *, until: int | None = None
    ) -> list[Entry]:
        """Return the entries of `stream` beyond `version` in order, personal fields sealed."""
        states = self.recorder.select_stream(stream, beyond=version, until=until)
        return self.codec.read_states(states, opened=False)

    def opened(self, entries: Sequence[Entry]) -> list[Entry]:
        """Return `entries`, of one stretch of the log, with personal fields opened."""
        wanted = {entry.position for entry in entries}
        if not wanted:
            return []
        return [
            self.codec.read_state(state, position)
            for position, state in self.states(min(wanted) - 1, until=max(wanted))
            if position in wanted
        ]

    def read(self, after: int, *, until: int | None = None) -> Iterator[Entry]:
        """Yield every entry beyond position `after`, sealed, in the order of the log."""
        for page in self._pages(after, until):
            yield from self.codec.read_states(page, opened=False)

    def states(self, after: int, *, until: int | None = None) -> Iterator[State]:
        """Yield every entry beyond position `after` as it is stored."""
        for page in self._pages(after, until):
            yield from page

    def _pages(self, after: int, until: int | None) -> Iterator[list[State]]:
        while page := self.recorder.select_states(after, limit=_PAGE, until=until):
            yield page
            after = page[-1][0]

    def notifications(self, after: int, *, until: int | None = None) -> Iterator[Notification]:
        """Yield every entry beyond position `after` with the columns beside it."""
        while page := self.recorder.select_notifications(
            after, _PAGE, until, inclusive_of_start=False
        ):
            yield from page
            after = page[-1].id
