"""What is recorded of codes that are printed on paper."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid5

from ledger.personal import Recorded

_CODES = UUID("9e5f0d1a-7c3b-4f6e-8b2d-1f0e9d8c7b64")


def code_id(cti: str) -> UUID:
    """The stream of the code whose token id is `cti`, in hexadecimal."""
    return uuid5(_CODES, cti)


class CodeIssued(Recorded, frozen=True):
    """A code was signed that says of a case what was decided.

    The code commits to the case by the truncated SHA-256 of `salt` and the case's
    id, so that only who reads this entry can tell which case a code is of.
    """

    case: UUID
    case_version: int
    cti: str
    salt: bytes
    result: str
    expires_at: datetime


CodeEvent = CodeIssued

CODE_EVENTS: Mapping[str, type[CodeEvent]] = {"code.issued.v1": CodeIssued}
