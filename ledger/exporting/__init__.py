"""Cases as files that other tools read: OCEL 2.0, XES and CSV, at one point of the log."""

from ledger.exporting.errors import ExportFailed
from ledger.exporting.formats import FORMATS, Format, in_pieces
from ledger.exporting.selecting import Selection, ToldCase

__all__ = [
    "FORMATS",
    "ExportFailed",
    "Format",
    "Selection",
    "ToldCase",
    "in_pieces",
]
