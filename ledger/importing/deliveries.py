"""Delivering a log to a register: the same file is recorded once, and a cut-off import goes on.

What `delivery` finds to be there already is the same, so importing is exactly once, also
after being killed.
"""

from collections.abc import Callable, Iterable
from hashlib import file_digest
from itertools import islice
from pathlib import Path

from ledger.application import Ledger
from ledger.history_events import DeliveryFinished, register_id
from ledger.importing import ImportRefused, Mapping, Spool
from ledger.importing.delivery import Delivered, Delivery

_EXAMPLES = 10


def deliver(
    ledger: Ledger,
    path: Path,
    *,
    mapping: Mapping,
    register: str,
    known: Iterable[str] = (),
    reading: Callable[[int, int], object] | None = None,
    recording: Callable[[int, int], object] | None = None,
) -> Delivered:
    """Record the log at `path` as a delivery of `register`, a name without `/`.

    `known` are the numbers of the register's cases so far. `reading` is told
    bytes done and in all, `recording` cases. Raises `ImportRefused`, and then
    nothing was recorded.
    """
    if not register or "/" in register:
        raise ImportRefused("a register is named without /, as its cases are REGISTER/NUMBER")
    sha256 = _sha256(path)
    finished = _finished(ledger, register, sha256, mapping)
    if finished is not None:
        return Delivered(cases=finished.cases, events=finished.events, same=finished.events)
    with Spool.read(path, mapping, reading) as spool:
        if spool.sha256 != sha256:
            raise ImportRefused(f"{path.name} was changed while it was read; import it again")
        missing = _missing(spool, known)
        delivery = Delivery(ledger, register, mapping)
        delivery.begin(path.name, sha256)
        for done, case in enumerate(spool, start=1):
            delivery.record(case)
            if recording is not None:
                recording(done, spool.cases)
        return delivery.finish(spool, sha256, missing)


def _finished(
    ledger: Ledger, register: str, sha256: str, mapping: Mapping
) -> DeliveryFinished | None:
    for entry in ledger.entries(register_id(register), opened=False):
        event = entry.event
        if isinstance(event, DeliveryFinished) and (event.sha256, event.mapping) == (
            sha256,
            mapping.digest,
        ):
            return event
    return None


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ImportRefused(f"{path.name} cannot be read: {error.strerror}") from error


def _missing(spool: Spool, known: Iterable[str]) -> tuple[int, tuple[str, ...]]:
    """How many of `known` the log leaves out, and the first few of them."""
    missing = (number for number in known if not spool.mentions(number))
    examples = tuple(islice(missing, _EXAMPLES))
    return len(examples) + sum(1 for _ in missing), examples
