"""What nobody waits for, done by a thread of its own soon after it was asked for.

It may wait for a disk, and no commit behind it should.
"""

import threading
from collections.abc import Callable
from typing import Final

_AT_THE_LATEST: Final = 0.1


class Afterwards:
    """Does `work` once for all that ask within a tenth of a second; it must not raise."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
        self._asked, self._closed = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="afterwards", daemon=True)
        self._thread.start()

    def ask(self) -> None:
        """Have it done, for all that has happened by now."""
        self._asked.set()

    def close(self) -> None:
        """Do it a last time, and stop."""
        self._closed.set()
        self._asked.set()
        self._thread.join()

    def _run(self) -> None:
        is_over = False
        while not is_over:
            self._asked.wait()
            self._closed.wait(_AT_THE_LATEST)
            # What happens from here on asks anew; so does who closes after the next look.
            self._asked.clear()
            is_over = self._closed.is_set()
            self._work()
