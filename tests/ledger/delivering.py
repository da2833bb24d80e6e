"""Delivering small logs, and asking what came of it."""

from ledger.case_rows import Which
from ledger.cut import Cut
from ledger.history_events import (
    HistoryOpened,
    history_id,
)
from ledger.importing.deliveries import deliver
from tests.ledger.importing.logs import log, mapping, written

MORNING, NOON, EVENING = (f"2024-05-01T{hour}:00:00+02:00" for hour in ("08", "12", "20"))
REGISTER = "permits"
MAPPING = mapping()
NOW = Cut()


def delivered(ledger, folder, traces, *, mapping=MAPPING, register=REGISTER, **more):
    path = written(folder, log(*traces))
    return deliver(ledger, path, mapping=mapping, register=register, **more)


def told(ledger, number="1"):
    """What the log holds of a case, in order, without its opening."""
    entries = ledger.entries(history_id(REGISTER, number))
    return [entry.event for entry in entries if not isinstance(entry.event, HistoryOpened)]


def lines(queries, cut=NOW):
    return queries().lines(Which(register=REGISTER), cut)
