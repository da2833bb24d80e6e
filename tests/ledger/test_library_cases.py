"""The library's own persistence cases, on our recorder and each of its databases.

Left out: aggregate, tracking and process recorders (ours keeps no snapshots, and
views keep their own positions), the infrastructure factory (a ledger is put
together in `ledger.opening`), transcoders (entries have a codec of their own),
`subscribe` (a follower reads on from its position), and cases that only time.
"""

from collections.abc import Iterator
from contextlib import closing

import pytest
from eventsourcing.tests.persistence import (
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
)

from ledger.once import OnceSeal
from ledger.recorder import LedgerRecorder, open_recorder

NOT_OURS = ("test_performance", "test_concurrent_throughput")


@pytest.fixture
def recorder(database: str) -> Iterator[LedgerRecorder]:
    recorder = open_recorder(database, OnceSeal(bytes(32)))
    with closing(recorder.database):
        yield recorder


def cases(kind: type) -> list[str]:
    """The names of a library class's cases, without those that do not apply."""
    return [name for name in dir(kind) if name.startswith("test") and name not in NOT_OURS]


@pytest.mark.parametrize("name", cases(ApplicationRecorderTestCase))
def test_an_application_recorder_does_what_the_library_wants(recorder, name):
    class OfTheLibrary(ApplicationRecorderTestCase):
        def create_recorder(self):
            return ListingRecorder(recorder)

    getattr(OfTheLibrary(name), name)()


@pytest.mark.parametrize("name", cases(NonInterleavingNotificationIDsBaseCase))
def test_positions_of_one_insert_follow_one_another(recorder, name):
    class OfTheLibrary(NonInterleavingNotificationIDsBaseCase):
        insert_num = 1000

        def create_recorder(self):
            return recorder

    getattr(OfTheLibrary(name), name)()


class ListingRecorder:
    """Answers lists where ours answers other sequences, which the cases tell apart."""

    def __init__(self, recorder: LedgerRecorder) -> None:
        self._recorder = recorder

    def __getattr__(self, name):
        return getattr(self._recorder, name)

    def insert_events(self, stored_events, **kwargs):
        return [*self._recorder.insert_events(stored_events, **kwargs)]
