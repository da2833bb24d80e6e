"""Verifications that nobody ended: their time runs out, and the log says so.

Whoever collects too late is told at once, and it is recorded then. This is for
those that nobody comes back to.
"""

import logging
import threading
from pathlib import Path

from ledger.application import Ledger
from ledger.errors import LedgerError
from ledger.projections.pending import expired
from ledger.verification import Verifications

_log = logging.getLogger("tongban.clock")


class Expiring:
    """Looks for verifications whose time ran out, every `seconds`."""

    def __init__(
        self, ledger: Ledger, verifications: Verifications, folder: Path, *, seconds: float
    ) -> None:
        self._ledger = ledger
        self._verifications = verifications
        self._folder = folder
        self._seconds = seconds

    def run(self, stop: threading.Event) -> None:
        """Look until `stop` is set; meant for a thread of its own."""
        while not stop.wait(self._seconds):
            try:
                self.tick()
            except Exception as error:
                _log.error("expiring failed: %s", type(error).__name__)

    def tick(self) -> int:
        """Record each verification whose time ran out; return how many the view names."""
        found = expired(self._folder, self._ledger.now())
        for id in found:
            try:
                self._verifications.expire(id)
            except LedgerError as error:
                # Another server may have been first; one that fails keeps no other open.
                _log.warning("verification %s not expired: %s", id, type(error).__name__)
        return len(found)
