"""How a content key travels: wrapped for the RSA key that the service registered."""

from base64 import b64encode
from enum import StrEnum
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from adapters.hk.wire import KEY_LENGTH, WireError, unbase64


class RsaPadding(StrEnum):
    """How the content key is wrapped. Unsure: clients of iAM Smart disagree."""

    OAEP_SHA256 = "oaep-sha256"
    OAEP_SHA1 = "oaep-sha1"
    PKCS1V15 = "pkcs1v15"


def wrap_key(key: bytes, public_key: RSAPublicKey, rsa: RsaPadding) -> str:
    """Encrypt a content key to the holder of `public_key`."""
    return b64encode(public_key.encrypt(key, _padding(rsa))).decode()


def unwrap_key(wrapped: str, private_key: RSAPrivateKey, rsa: RsaPadding) -> bytes:
    """Return the content key in `wrapped`, or raise `WireError`.

    Unsure: one public client found the key as Base64 text inside, so both are read.
    """
    try:
        key = private_key.decrypt(unbase64(wrapped), _padding(rsa))
    except ValueError as error:
        raise WireError("the content key does not open with our RSA key") from error
    if len(key) != KEY_LENGTH:
        key = unbase64(key.decode("ascii", "replace"))
    if len(key) != KEY_LENGTH:
        raise WireError("the content key is not 32 bytes")
    return key


@lru_cache(maxsize=4)
def private_key_from(pem: bytes) -> RSAPrivateKey:
    """Return the RSA key in `pem`, or raise `ValueError`; it names nothing of the key.

    A key that was read is kept: proving that its primes are takes a tenth of a second.
    """
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise ValueError("the iAM Smart private key is not an unencrypted PEM") from error
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("the iAM Smart private key is not an RSA key")
    return key


def _padding(rsa: RsaPadding) -> padding.AsymmetricPadding:
    if rsa is RsaPadding.PKCS1V15:
        return padding.PKCS1v15()
    sha = hashes.SHA256() if rsa is RsaPadding.OAEP_SHA256 else hashes.SHA1()  # noqa: S303
    return padding.OAEP(mgf=padding.MGF1(sha), algorithm=sha, label=None)
