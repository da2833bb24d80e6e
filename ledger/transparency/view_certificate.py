"""The certificate of a view: these rows are the fold of this log, and of all of it.

It says that version `version` of the view `view` is the fold of entries 1 to
`size`, whose tree has this root, and that its content has this digest. Whoever
trusts the log's key need not fold; whoever does not can fold, and compare.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cose import CborRefused, CoseError, Sign1, Signer, decode, encode, sign1
from ledger.transparency.errors import CertificateRefused
from ledger.transparency.keys import VIEW_CERTIFICATE, LogKeys

CERTIFICATE_LIMIT: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a verified certificate says; `log` is the log's own name."""

    log: str
    view: str
    version: int
    size: int
    root: bytes
    digest: bytes
    issued_at: datetime

    def shown(self) -> dict[str, Any]:
        """What it says, with hashes in hex."""
        return {
            "log": self.log,
            "view": self.view,
            "version": self.version,
            "position": self.size,
            "root": self.root.hex(),
            "digest": self.digest.hex(),
            "issued_at": self.issued_at,
        }


def make_certificate(signer: Signer, certificate: Certificate) -> bytes:
    """Return `certificate`, signed by its log."""
    claims = {
        _LOG: certificate.log,
        _ISSUED_AT: int(certificate.issued_at.timestamp()),
        _SIZE: certificate.size,
        _VIEW: certificate.view,
        _VERSION: certificate.version,
        _ROOT: certificate.root,
        _DIGEST: certificate.digest,
    }
    _read(claims)
    return sign1(signer, typ=VIEW_CERTIFICATE, payload=encode(claims))


def verify_certificate(data: bytes, keys: LogKeys) -> Certificate:
    """Return what the certificate in `data` says, or raise `CertificateRefused`.

    That the log has this root at this size, and the fold this digest, is for
    whoever has the log to find out.
    """
    # 1. The envelope is COSE_Sign1 with the headers of a certificate (RFC 9052, 4.2).
    try:
        envelope = Sign1.parse(data, limit=CERTIFICATE_LIMIT)
    except CoseError as error:
        raise CertificateRefused(str(error)) from error
    _require(envelope.typ == VIEW_CERTIFICATE, "not called a view's certificate")
    # 2. The claims are those of a certificate, and no other (RFC 8392, 3.1).
    certificate = _read(_claims(envelope.payload or b""))
    # 3. It is this log's.
    _require(certificate.log == keys.origin, "another log's")
    # 4. The key was the log's, for certificates, when this one was issued.
    record = keys.for_certificate(envelope.kid, certificate.issued_at)
    if record is None:
        raise CertificateRefused("no key of this log may have signed it")
    # 5. The signature covers headers and claims (RFC 9052, 4.4).
    try:
        envelope.verify(record)
    except CoseError as error:
        raise CertificateRefused(str(error)) from error
    return certificate


_LOG, _ISSUED_AT, _SIZE = 1, 6, -70020
_VIEW, _VERSION, _ROOT, _DIGEST = -70041, -70042, -70043, -70044
_TYPES = {
    _LOG: str,
    _ISSUED_AT: int,
    _SIZE: int,
    _VIEW: str,
    _VERSION: int,
    _ROOT: bytes,
    _DIGEST: bytes,
}
_HASH_BYTES = 32
_LATEST = 1 << 35
_LARGEST = 1 << 63


def _claims(payload: bytes) -> Any:
    try:
        return decode(payload, limit=CERTIFICATE_LIMIT)
    except CborRefused as error:
        raise CertificateRefused(f"the claims: {error}") from error


def _read(claims: Any) -> Certificate:
    _require(type(claims) is dict, "the claims are not a map")
    _require(claims.keys() == _TYPES.keys(), "claims other than a certificate's")
    for label, kind in _TYPES.items():
        _require(type(claims[label]) is kind, f"claim {label} is not of its type")
    _require(0 < claims[_SIZE] < _LARGEST, "of no tree there is")
    _require(0 < claims[_VERSION] < _LARGEST, "of no version there is")
    _require(0 <= claims[_ISSUED_AT] < _LATEST, "issued at no time there is")
    _require(bool(claims[_VIEW]), "of no view")
    hashes = claims[_ROOT], claims[_DIGEST]
    _require(all(len(each) == _HASH_BYTES for each in hashes), "a hash is 32 bytes")
    return Certificate(
        log=claims[_LOG],
        view=claims[_VIEW],
        version=claims[_VERSION],
        size=claims[_SIZE],
        root=claims[_ROOT],
        digest=claims[_DIGEST],
        issued_at=datetime.fromtimestamp(claims[_ISSUED_AT], UTC),
    )


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise CertificateRefused(otherwise)
