"""How late the loop is: where requests that are answered at once wait before they count.

A timer of the loop's own comes as late as whatever stands before it in line. That alone
says little: a machine that was held up for a moment is late too, with nobody waiting. So
it counts only where the loop had many requests meanwhile, and thus is late for them.
"""

import asyncio
from dataclasses import dataclass
from time import monotonic
from typing import Final

_EVERY: Final = 0.05


@dataclass(slots=True, kw_only=True)
class Lateness:
    """How late the loop was when it was looked at last, in seconds, and how often asked."""

    most: float = 0.25
    enough: int = 128
    """So many requests between two looks may be why it is late."""
    late: float = 0.0
    is_too_late: bool = False
    _asked: int = 0

    def ask(self) -> None:
        """Count a request, whatever becomes of it."""
        self._asked += 1

    def look(self, late: float) -> None:
        """Take down that the loop is `late` after the requests since the last look."""
        self.late, asked, self._asked = late, self._asked, 0
        self.is_too_late = late > self.most and asked >= self.enough

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            due = monotonic() + _EVERY
            await asyncio.sleep(_EVERY)
            self.look(monotonic() - due)
