"""What days bring about for persons: requests overdue, and the end of keeping data.

Requests are looked for at every tick, endings once a day: periods are counted in days.
The views are only where to look; the rules decide from the log. What fails for one
person is told by its kind, and tried again; it holds up no other.
"""

import logging
import threading
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from ledger.application import Ledger
from ledger.errors import CommandRejected, LedgerError, NotAllowed, ViewBehind
from ledger.person_requests import PersonRequests
from ledger.projections.following import Following
from ledger.projections.kept_list import KeptList
from ledger.projections.request_list import RequestList
from ledger.projections.times import to_text
from ledger.projections.view import view_in
from ledger.retention import Retentions

_PATIENCE = 5.0

_log = logging.getLogger("tongban.clock")


class PersonClock:
    """Looks every `seconds`; erases what was kept `grace` days after its period ended."""

    def __init__(
        self,
        ledger: Ledger,
        follower: Following,
        requests: PersonRequests,
        folder: Path,
        *,
        grace: timedelta,
        seconds: float,
    ) -> None:
        self._ledger = ledger
        self._follower = follower
        self._requests = requests
        self._retentions = Retentions(ledger, folder, grace)
        self._folder = folder
        self._seconds = seconds
        self._looked: date | None = None

    def run(self, stop: threading.Event) -> None:
        """Tick until `stop` is set; meant for a thread of its own."""
        while not stop.wait(self._seconds):
            try:
                self.tick()
            except Exception as error:
                _log.error("persons' days failed: %s", type(error).__name__)

    def tick(self) -> int:
        """Record what is due now; return of how many persons or requests that was."""
        # Before the head: what a day brings to an end was recorded before it began.
        today = self._retentions.today()
        head = self._ledger.head
        for view in (RequestList.name, KeptList.name):
            if not self._follower.wait_for(head, _PATIENCE, view):
                return 0
        done = sum(self._overdue(id) for id in self._late())
        if self._looked != today:
            done += self._end(today)
        return done

    def _late(self) -> list[str]:
        with closing(view_in(self._folder, RequestList.name)) as db:
            return RequestList.due(db, to_text(self._ledger.now()))

    def _overdue(self, id: str) -> bool:
        try:
            self._requests.mark_overdue(UUID(hex=id))
        except (CommandRejected, NotAllowed):
            # Answered since the view was written, or another server was first.
            return False
        except LedgerError as error:
            _log.error("a request is overdue and failed: %s", type(error).__name__)
            return False
        _log.warning("a request of a person about their data is overdue: %s", id)
        return True

    def _end(self, today: date) -> int:
        """Go through whoever is due today; the day is done when nobody has to wait."""
        done, waiting = 0, False
        for ending in list(self._retentions.endings(today)):
            try:
                done += bool(self._retentions.end(ending))
            except CommandRejected:
                # Something goes on with another region: asked again tomorrow.
                continue
            except ViewBehind:
                waiting = True
            except LedgerError as error:
                waiting = True
                _log.error("an end of retention failed: %s", type(error).__name__)
        if not waiting:
            self._looked = today
        return done
