"""What an import did, and what a person may want to do about it."""

import shlex
from collections.abc import Iterator

from ledger.importing.delivery import Delivered

COUNTS = ("cases", "events", "new", "same", "conflicting")


def delivered_lines(done: Delivered, register: str) -> Iterator[str]:
    """Yield what came of a delivery of `register`."""
    which = f"--register {shlex.quote(register)}"
    yield f"{register}: this log tells of {done.cases:,} cases in {done.events:,} events"
    yield f"  new: {done.new:,}; known before: {done.same:,}; conflicting: {done.conflicting:,}"
    if done.conflicting:
        yield (
            "  conflicting are facts of earlier deliveries without a counterpart in this one:"
            " they are kept, and no longer count"
        )
        yield f"  to look at them: tongban conflicts {which}"
    if done.not_mentioned:
        more = ", ..." if done.not_mentioned > len(done.examples) else ""
        yield (
            f"  known cases that this log does not mention, and that stay as they were:"
            f" {done.not_mentioned:,} ({', '.join(done.examples)}{more})"
        )
    yield f"  to list the cases: tongban cases {which}"
