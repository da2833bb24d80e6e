"""The histories of cases that other systems handled: read from their logs, and delivered.

What is named here reads and records nothing; `delivery` and `deliveries` record.
"""

from ledger.importing.errors import ImportRefused, MappingError, SpoolError, XesError
from ledger.importing.fact import Fact
from ledger.importing.mapping import Mapping
from ledger.importing.spool import Spool, SpooledCase
from ledger.importing.trace import Attribute, Event, Trace
from ledger.importing.xes import read_traces

__all__ = [
    "Attribute",
    "Event",
    "Fact",
    "ImportRefused",
    "Mapping",
    "MappingError",
    "Spool",
    "SpoolError",
    "SpooledCase",
    "Trace",
    "XesError",
    "read_traces",
]
