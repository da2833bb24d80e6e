"""What another region answered about the applicant, as far as our log proves it.

That the log took this answer, for this case, is checked here. Whose key signed it is for
`tongban check-answer`, under that region's keys had from elsewhere.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from uuid import UUID

from cose import CoseError, decode
from ledger.transparency import BundleRefused, LogKeys, verify_bundle
from service.proving.errors import EvidenceRefused
from service.proving.stored import Stored, read_stored

_LIMIT = 1 << 20
_PARTS = {"assertion", "salt", "bundle"}
_VERIFIED, _SUCCEEDED = "applicant.verified.v1", "verification.succeeded.v1"


def check_answers(
    answers: Iterable[bytes], entries: Sequence[Stored], log: LogKeys
) -> tuple[str, ...]:
    """Return the SHA-256 of each answer that the log took in a verification of the case.

    Raises `EvidenceRefused` for one that it did not.
    """
    verified = {
        _id(each.fields.get("verification")) for each in entries if each.event == _VERIFIED
    }
    return tuple(_checked(each, verified, log) for each in answers)


def _checked(answer: bytes, verified: set[UUID | None], log: LogKeys) -> str:
    parts = _parts(answer)
    try:
        found = verify_bundle(parts["bundle"], log)
    except BundleRefused as error:
        raise EvidenceRefused("answers", str(error)) from error
    taken, digest = read_stored(found.entry), sha256(parts["assertion"]).hexdigest()
    if taken.event != _SUCCEEDED or taken.fields.get("assertion_digest") != digest:
        raise EvidenceRefused("answers", "the log took another answer than this one")
    if taken.stream not in verified:
        raise EvidenceRefused("answers", "an answer about the applicant of another case")
    return digest


def _parts(answer: bytes) -> dict[str, bytes]:
    try:
        parts: dict[str, bytes] = decode(answer, limit=_LIMIT)
    except CoseError as error:
        raise EvidenceRefused("answers", str(error)) from error
    if type(parts) is not dict or parts.keys() != _PARTS:
        raise EvidenceRefused("answers", "other parts than an answer has")
    if not all(type(part) is bytes for part in parts.values()):
        raise EvidenceRefused("answers", "a part is not of its type")
    return parts


def _id(written: object) -> UUID | None:
    """Return an id as an entry has it, in text."""
    try:
        return UUID(written) if isinstance(written, str) else None
    except ValueError as error:
        raise EvidenceRefused("answers", "a verification that is named by no id") from error
