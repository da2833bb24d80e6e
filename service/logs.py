"""Our log: one JSON object a line on stderr, or lines to read on a terminal.

Nothing personal is in it. Messages of ours are written so, and what looks like a token,
a person or a document is taken out all the same; of what others log, and of exceptions,
only the place and the kind are told, since they quote what was sent. Rotating and
keeping it is the platform's.
"""

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final, TextIO

import msgspec

from rest.request_ids import current

OURS: Final = "tongban"
ACCESS: Final = "tongban.access"
REMOVED: Final = "(removed)"
SAFE: Final = "tells_kinds_only"
"""The attribute of a record of others that was made harmless already."""

_encode = msgspec.json.Encoder().encode
_PERSONAL = re.compile(
    r"""subject:[0-9a-f]{8,}                   # a pseudonym
      | Bearer\s+\S+
      | [\w-]{43,}(?:\.[\w-]+)*                # a token, or a digest
      | \b\d{17}[\dXx]\b | \b[A-Za-z]{1,2}\d{6}(?:\([\dAa]\)|[\dAa]\b)  # documents
      | \b[HMhm]\d{8}(?:\d\d)?\b              # a travel permit
      | \b1[3-9]\d{9}\b                        # a mobile phone
      | [\w.+-]+@[\w-]+\.[\w.]+ """,
    re.VERBOSE | re.ASCII,
)


class JsonLines(logging.Formatter):
    """One object a line: time, level, logger, message, request_id, fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of `record`."""
        return _encode(told(record)).decode()


class Lines(logging.Formatter):
    """For a person who looks on."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of `record`."""
        line = told(record)
        fields = " ".join(f"{name}={value}" for name, value in line.get("fields", {}).items())
        parts = (line["time"][11:19], line["level"].ljust(7), line["message"], fields)
        return " ".join(part for part in parts if part)


def told(record: logging.LogRecord) -> dict[str, Any]:
    """Return what may be told of `record`."""
    time = datetime.fromtimestamp(record.created, UTC)
    line: dict[str, Any] = {
        "time": time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": _message(record),
    }
    fields = {**getattr(record, "fields", {}), **_error(record)}
    if (id := current.get()) is not None:
        line["request_id"] = _PERSONAL.sub(REMOVED, id)
    if fields:
        line["fields"] = fields
    return line


@contextmanager
def telling(*, level: str, form: str, stream: TextIO | None = None) -> Iterator[None]:
    """Let this process log to `stream`, or stderr, until the block ends."""
    stream = stream or sys.stderr
    is_text = form == "text" or (form == "auto" and stream.isatty())
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines() if is_text else JsonLines())
    root, ours = logging.getLogger(), logging.getLogger(OURS)
    before = [*root.handlers], root.level, ours.level, logging.raiseExceptions
    root.handlers[:] = [handler]
    root.setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))
    ours.setLevel(level.upper())
    # What a broken pipe raises would show the record.
    logging.raiseExceptions = False
    try:
        yield
    finally:
        root.handlers[:], was, own, logging.raiseExceptions = before
        root.setLevel(was)
        ours.setLevel(own)


def _message(record: logging.LogRecord) -> str:
    if record.name == ACCESS:
        return record.msg
    if record.name.partition(".")[0] == OURS or getattr(record, SAFE, False):
        return _PERSONAL.sub(REMOVED, record.getMessage())
    return f"{record.module}.{record.funcName}:{record.lineno}"


def _error(record: logging.LogRecord) -> dict[str, str]:
    """Tell an exception by its kind and where it was raised."""
    kind, _, trace = record.exc_info or (None, None, None)
    if kind is None:
        return {}
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    at = trace and f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
    return {"error": kind.__name__, **({"at": at} if at else {})}
