"""Why a history was not read. Whichever it was, nothing of it has been recorded.

Messages name the line and the case, never the value that stood there: a
wrong value may be a person's name in the wrong column.
"""

from ledger.errors import LedgerError


class ImportRefused(LedgerError):
    """The root: a log or its mapping was refused before anything was recorded."""


class XesError(ImportRefused):
    """The log cannot be read to its end, or an event lacks what the mapping needs."""

    def __init__(
        self, problem: str, *, line: int | None = None, case: str | None = None
    ) -> None:
        where = "" if line is None else f"line {line}: "
        where += "" if case is None else f"case {case[:80]}: "
        super().__init__(where + problem)
        self.problem, self.line, self.case = problem, line, case


class MappingError(ImportRefused):
    """The mapping is not one, or says something that cannot hold; names the field."""


class SpoolError(ImportRefused):
    """The temporary folder could not hold the log while it was read."""
