"""Views as they stood: folded from the entries that counted then, into a file without a name.

Nothing is kept of a view that holds what is personal.
"""

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlite_utils import Database

from ledger.application import Ledger
from ledger.cut import Cut
from ledger.errors import ViewBehind
from ledger.projections.rebuilding import fill
from ledger.projections.view import View, prepare

_KEPT = 2


class AsItStood:
    """Folds views up to a cut, one at a time, and keeps the last for the next page."""

    def __init__(self, ledger: Ledger, *, seconds: float = 2.0) -> None:
        """Whoever asks waits `seconds` for another fold to be over."""
        self._ledger = ledger
        self._seconds = seconds
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, Cut, int], Database] = OrderedDict()

    @contextmanager
    def database(
        self, view: View, cut: Cut, watch: Callable[[int], object] = int
    ) -> Iterator[Database]:
        """Give the rows of `view` at `cut`; raises `ViewBehind` while another is folded."""
        if not self._lock.acquire(timeout=self._seconds):
            raise ViewBehind("another list is being folded as it stood; try again")
        try:
            key = (view.name, cut, self._settled(cut))
            db = self._kept.pop(key) if key in self._kept else self._folded(view, cut, watch)
            try:
                yield db
            finally:
                self._keep(key, db, personal=view.personal)
        finally:
            self._lock.release()

    def _settled(self, cut: Cut) -> int:
        """The head on which the rows at `cut` rest; 0 where no new entry counts at it."""
        head = self._ledger.head
        if cut.position is not None and cut.position <= head:
            return 0
        return head

    def _keep(self, key: tuple[str, Cut, int], db: Database, *, personal: bool) -> None:
        if personal:
            db.close()
            return
        self._kept[key] = db
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)[1].close()

    def _folded(self, view: View, cut: Cut, watch: Callable[[int], object]) -> Database:
        connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        db = Database(connection)
        try:
            prepare(db, view)
            fill(db, view, self._ledger, cut, watch)
        except BaseException:
            db.close()
            raise
        return db
