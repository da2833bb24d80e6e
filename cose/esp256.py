"""ESP256 (RFC 9864): ECDSA on P-256 with SHA-256, for partners that have it.

A signature is r and s, 32 bytes each (RFC 9053, 2.1), never DER. Whoever holds
one can make the other of its pair, (r, n − s), which is as good: two different
tokens may say the same, so tokens are consumed by their `cti` and never by digest.
"""

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

from cose.algorithms import EC2, Algorithm, register
from cose.errors import KeyRefused

ESP256: Final = -9


class Esp256Signer:
    """Signs with a 32-byte private number that stays in this process."""

    __slots__ = ("_secret", "public_key")

    algorithm = ESP256

    def __init__(self, secret: bytes) -> None:
        try:
            self._secret = derive_private_key(_whole(_sized(secret)), SECP256R1())
        except ValueError:
            # Nothing of the secret may reach a traceback.
            raise KeyRefused("a P-256 secret is 32 bytes, from 1 to below the order") from None
        point = self._secret.public_key().public_numbers()
        self.public_key = point.x.to_bytes(_SIZE) + point.y.to_bytes(_SIZE)

    def __repr__(self) -> str:
        return f"Esp256Signer(public_key={self.public_key.hex()})"

    def sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self._secret.sign(message, _HOW))
        return r.to_bytes(_SIZE) + s.to_bytes(_SIZE)


def verify_esp256(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether `signature` is of `message`."""
    if len(signature) != 2 * _SIZE:
        return False
    pair = encode_dss_signature(_whole(signature[:_SIZE]), _whole(signature[_SIZE:]))
    try:
        _point(public_key).verify(pair, message, _HOW)
    except (InvalidSignature, KeyRefused):
        return False
    return True


_SIZE = 32
_HOW = ECDSA(SHA256())


def _whole(data: bytes) -> int:
    return int.from_bytes(data)


def _sized(secret: bytes) -> bytes:
    if len(secret) != _SIZE:
        raise ValueError
    return secret


def _point(public_key: bytes) -> EllipticCurvePublicKey:
    if len(public_key) != 2 * _SIZE:
        raise KeyRefused("a P-256 key is two coordinates of 32 bytes")
    x, y = _whole(public_key[:_SIZE]), _whole(public_key[_SIZE:])
    try:
        return EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
    except ValueError as error:
        raise KeyRefused("not a point of P-256") from error


def _screen(public_key: bytes) -> None:
    _point(public_key)


register(
    Algorithm(
        number=ESP256, key_type=EC2, curve=1, size=_SIZE, screen=_screen, verify=verify_esp256
    )
)
