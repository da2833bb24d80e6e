"""Why an export was not made."""

from ledger.errors import LedgerError


class ExportFailed(LedgerError):
    """The temporary folder could not hold what an export keeps meanwhile."""
