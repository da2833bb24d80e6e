"""How far a log has come, and waiting for it to come further."""

import threading
from collections.abc import Callable
from contextlib import suppress

from ledger.errors import LedgerError
from ledger.recorder import LedgerRecorder

_LISTEN = 1.0


class Head:
    """The newest durable position, as far as this process has heard.

    Where servers share the log, a thread listens for what the others write.
    """

    def __init__(self, recorder: LedgerRecorder) -> None:
        self._recorder = recorder
        self._grown = threading.Condition()
        self._position = recorder.max_notification_id() or 0
        self._closing = threading.Event()
        self._listener: threading.Thread | None = None
        if recorder.database.is_shared:
            self._listener = threading.Thread(target=self._listen, name="listener", daemon=True)
            self._listener.start()

    @property
    def position(self) -> int:
        """The position of the newest durable entry, 0 where there is none."""
        return self._position

    def reached(self, position: int) -> None:
        """Tell whoever waits that the log has come to `position`, if that is news."""
        with self._grown:
            self._position = max(position, self._position)
            self._grown.notify_all()

    def wait_beyond(
        self, position: int, seconds: float, stopped: Callable[[], bool] = bool
    ) -> bool:
        """Wait until the log reaches past `position` or the caller is `stopped`.

        Return whether it did; whoever stops a caller also calls `wake`.
        """
        with self._grown:
            self._grown.wait_for(lambda: self._position > position or stopped(), seconds)
            return self._position > position

    def wake(self) -> None:
        """Let whoever waits look at once, as when the process is about to stop."""
        with self._grown:
            self._grown.notify_all()

    def close(self) -> None:
        """Stop listening."""
        self._closing.set()
        if self._listener is not None:
            self._recorder.database.wake()
            self._listener.join()

    def _listen(self) -> None:
        while not self._closing.is_set():
            self._recorder.database.wait(_LISTEN)
            with suppress(LedgerError):
                self.reached(self._recorder.max_notification_id() or 0)
