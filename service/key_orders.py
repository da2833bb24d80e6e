"""Keys of departments' systems that are issued beside a running service.

Only one process writes a log, so the command leaves an order in the home, and the service
that runs there records it. Whoever may write in a home could have issued the key without
the service as well. An order has the digest of the key, never the key itself.
"""

import logging
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from ledger.actor import Actor, Channel, Role
from ledger.errors import HomeUnusable, LedgerError, Unavailable
from ledger.home import replace_durably
from ledger.staff_key_events import StaffKeyIssued
from ledger.staff_keys import StaffKeys

FOLDER: Final = "orders"
_log = logging.getLogger("tongban.staff")


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key to be recorded, and the number of the operator who has it issued."""

    issued: StaffKeyIssued
    by: str


class KeyOrders:
    """Records the keys that were ordered in the home `folder`."""

    def __init__(self, folder: Path, keys: StaffKeys) -> None:
        self._folder = folder / FOLDER
        self._keys = keys

    def run(self, stop: threading.Event) -> None:
        """Look twice a second until `stop` is set; meant for a thread of its own."""
        while not stop.wait(0.5):
            self.look()

    def look(self) -> None:
        """Record every order there is; one that does not hold is told and taken away.

        Where nothing can be read or recorded now, it stays for the next look.
        """
        with suppress(Unavailable, OSError):
            for file in sorted(self._folder.glob("*.json")):
                self._take(file)

    def _take(self, file: Path) -> None:
        try:
            self._record(msgspec.json.decode(file.read_bytes(), type=Order))
        except Unavailable:
            raise
        except (LedgerError, msgspec.MsgspecError) as error:
            _log.error("a key was ordered and not issued: %s", type(error).__name__)
        file.unlink(missing_ok=True)

    def _record(self, order: Order) -> None:
        # It may have been recorded already, and the service ended before it was taken away.
        if order.issued.key not in self._keys.all():
            self._keys.take(order.issued, operator(order.by))


def place_order(folder: Path, order: Order) -> Path:
    """Leave `order` in the home `folder`, and return its file; raises `HomeUnusable`."""
    file = folder / FOLDER / f"{order.issued.key}.json"
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        replace_durably(file, msgspec.json.encode(order))
    except OSError as error:
        raise HomeUnusable(f"{file.parent} cannot be written: {error.strerror}") from error
    return file


def operator(number: str) -> Actor:
    """Return the operator with this number in the office."""
    return Actor(role=Role.OPERATOR, id=number, principal=number, channel=Channel.SYSTEM)
