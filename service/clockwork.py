"""What time brings about: deemed acceptance, lapse, and deadlines counted again.

The list of duties is only where to look; the rules decide from the log. Each
command's id follows from what it is about, so it is given once, also by a
process that was down when the day passed.
"""

import logging
import threading
from uuid import UUID, uuid5

from ledger.actor import CLOCK
from ledger.application import Ledger
from ledger.commands import Command, DeemAccepted, LapseTolerance, RecomputeDeadline
from ledger.due import Due
from ledger.errors import CaseChanged, CommandRejected, LedgerError
from ledger.projections.case_list import CaseList
from ledger.projections.following import Following
from ledger.queries import Queries

_TICKS = UUID("0f0a4f1f-5d6e-4d8e-8f3a-8c5f4ad2c10c")
_PATIENCE = 5.0

_log = logging.getLogger("tongban.clock")


class Clockwork:
    """Looks for what is due, every `seconds`."""

    def __init__(
        self, ledger: Ledger, follower: Following, queries: Queries, *, seconds: float
    ) -> None:
        self._ledger = ledger
        self._follower = follower
        self._queries = queries
        self._seconds = seconds
        self._refused: set[UUID] = set()

    def run(self, stop: threading.Event) -> None:
        """Tick until `stop` is set; meant for a thread of its own.

        A tick that fails, however it fails, is told to the log and tried again.
        """
        while not stop.wait(self._seconds):
            try:
                self.tick()
            except Exception as error:
                _log.error("tick failed: %s", type(error).__name__)

    def tick(self) -> int:
        """Give every command that is due now; return how many were accepted."""
        if not self._follower.wait_for(self._ledger.head, _PATIENCE, CaseList.name):
            return 0
        due = self._queries.due(self._ledger.now(), self._ledger.book.calendars)
        return sum(self._settle(each) for each in due)

    def _settle(self, due: Due) -> bool:
        """Count the duty again if its calendar changed; else do what its day brings."""
        about = f"{due.case_id}:{due.duty}:{due.due}"
        if due.outdated:
            recompute = RecomputeDeadline(case_id=due.case_id, duty=due.duty)
            if self._give(recompute, uuid5(_TICKS, f"{about}:{due.version}")):
                return True
        command = _command(due) if due.is_over else None
        return command is not None and self._give(command, uuid5(_TICKS, about))

    def _give(self, command: Command, command_id: UUID) -> bool:
        if command_id in self._refused:
            return False
        try:
            self._ledger.submit(command, CLOCK, command_id=command_id, wait=True).result()
        except CaseChanged:
            return False
        except CommandRejected:
            # Settled since the view was written, or nothing follows: not worth asking again.
            self._refused.add(command_id)
            return False
        except LedgerError as error:
            # One case that cannot be read or decided is not to hold up the others.
            _log.error("case %s is due and failed: %s", command.case_id, type(error).__name__)
            return False
        return True


def _command(due: Due) -> Command | None:
    if due.duty == "intake":
        return DeemAccepted(case_id=due.case_id)
    if due.duty == "supplement":
        return LapseTolerance(case_id=due.case_id)
    return None
