"""The log's own first entry.

A one-leaf tree has an empty inclusion proof, which a COSE receipt cannot carry
(RFC 9942), so the log begins with an entry of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LogBegan:
    """The log was born: its origin line, its tree and the form of its entries."""

    origin: str
    tree: str = "RFC 9162 SHA-256"
    entry_format: int = 1


LogEvent = LogBegan
LOG_EVENTS: Mapping[str, type[LogEvent]] = {"log.began.v1": LogBegan}
