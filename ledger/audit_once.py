"""The rows of one-time keys: each as it was sealed, none missing, none added."""

from collections.abc import Iterator
from typing import Any

from ledger.audit_rows import PAGE, UNREADABLE
from ledger.finding import Finding
from ledger.recorder import LedgerRecorder

_ROWS = """
    SELECT number, key, body, first_position, last_position, closes, seal FROM once_keys
    WHERE number > ? ORDER BY number LIMIT ?
"""
_FIRST = -(1 << 63)


def once_findings(recorder: LedgerRecorder, head: int) -> Iterator[Finding]:
    """Yield what is wrong with the one-time keys of a log that reaches `head`."""
    try:
        yield from _in_rows(recorder, head)
    except UNREADABLE:
        yield Finding(position=head, problem="the one-time keys cannot be read")


def _in_rows(recorder: LedgerRecorder, head: int) -> Iterator[Finding]:
    number, reached, open_since, closed = 0, 0, 0, False
    for row in _rows(recorder):
        first, last, closes = row[3:6]
        if row[0] != number + 1:
            problem = f"the one-time keys go from number {number} to {row[0]}"
            yield Finding(position=_position(first, reached), problem=problem)
        number = row[0]
        if not recorder.once.holds(row):
            problem = f"one-time key {number} is not as it was written"
            yield Finding(position=_position(first, reached), problem=problem)
        if closes is None:
            open_since = open_since or _position(last, reached)
        else:
            reached, open_since = _position(closes, reached), 0
            closed = closed or closes == head
    if open_since:
        problem = f"the one-time keys were cut off after number {number}"
        yield Finding(position=open_since, problem=problem)
    elif not closed and reached < head:
        problem = "no commit of ours ends at the head of the log; the last one ended before"
        yield Finding(position=reached + 1, problem=problem)
    elif not closed:
        problem = f"one-time keys were used up to position {reached}: the log was cut off here"
        yield Finding(position=head, problem=problem)


def _rows(recorder: LedgerRecorder) -> Iterator[tuple[Any, ...]]:
    after = _FIRST
    while page := recorder.rows(_ROWS, after, PAGE):
        yield from page
        after = page[-1][0]


def _position(told: object, reached: int) -> int:
    return told if isinstance(told, int) else reached
