"""A person's signature over the digest of our document, checked as far as it can be.

Unsure: whose certificate signs, what it covers and how it is written. What holds in
every case is that the certificate's own key made it over our digest; that the
certificate is of somebody we trust holds only where its issuers are configured.
"""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from adapters.hk.options import Covers, HashCode
from adapters.hk.wire import WireError, unbase64

DIGEST_LENGTH = 32


def issuers_from(pem: bytes) -> tuple[x509.Certificate, ...]:
    """Return the certificates in `pem`, none if it is empty, or raise `ValueError`."""
    return tuple(x509.load_pem_x509_certificates(pem)) if pem.strip() else ()


def write_digest(digest: bytes, form: HashCode) -> str:
    """Return a digest as `hashCode` carries it."""
    return digest.hex() if form is HashCode.HEX else b64encode(digest).decode()


def read_digest(text: str, form: HashCode) -> bytes:
    """Return the digest `hashCode` carries, or raise `WireError`."""
    try:
        digest = bytes.fromhex(text) if form is HashCode.HEX else unbase64(text)
    except ValueError as error:
        raise WireError("the hash code is not written as agreed") from error
    # One digest has one text: hexadecimal in capitals or with spaces is another.
    if len(digest) != DIGEST_LENGTH or write_digest(digest, form) != text:
        raise WireError("the hash code is not a SHA-256 as it is written")
    return digest


def check_signature(
    signature: bytes,
    certificate: bytes,
    hash_code: str,
    *,
    digest: bytes,
    covers: Covers,
    issuers: Sequence[x509.Certificate],
    now: datetime,
) -> None:
    """Raise `WireError` unless the certificate's key signed `digest`, and we trust it."""
    # 1. The certificate is one, and holds now (RFC 5280, 4.1.2.5).
    try:
        holder = x509.load_der_x509_certificate(certificate)
        valid = holder.not_valid_before_utc <= now <= holder.not_valid_after_utc
        key = holder.public_key()
    except (ValueError, TypeError, x509.InvalidVersion, UnsupportedAlgorithm) as error:
        raise WireError("the signer's certificate cannot be read") from error
    if not valid:
        raise WireError("the signer's certificate does not hold now")

    # 2. One of the configured issuers, which holds now, issued it (RFC 5280, 6.1).
    if issuers and not any(_issued(holder, by=issuer, now=now) for issuer in issuers):
        raise WireError("nobody we trust issued the signer's certificate")

    # 3. Its key made the signature over our digest.
    if not isinstance(key, RSAPublicKey):
        raise WireError("the signer's key is not an RSA key")
    over, algorithm = (
        (digest, Prehashed(SHA256()))
        if covers is Covers.DOCUMENT
        else (hash_code.encode(), SHA256())
    )
    try:
        key.verify(signature, over, padding.PKCS1v15(), algorithm)
    except InvalidSignature as error:
        raise WireError("the signature does not match the digest") from error


def _issued(holder: x509.Certificate, *, by: x509.Certificate, now: datetime) -> bool:
    if not by.not_valid_before_utc <= now <= by.not_valid_after_utc:
        return False
    if not isinstance(by.public_key(), RSAPublicKey | ec.EllipticCurvePublicKey):
        return False
    try:
        holder.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
