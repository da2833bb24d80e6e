"""Signing and verifying, keyed by COSE algorithm so that others can stand beside Ed25519.

-19 and -8 name the same Ed25519 signatures (RFC 9864); which of the two a key
may appear under is said by the key's own record, never by the token.
"""

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from nacl import bindings
from nacl.exceptions import BadSignatureError

from cose.errors import KeyRefused

ED25519: Final = -19
EDDSA_DEPRECATED: Final = -8

Verifier = Callable[[bytes, bytes, bytes], bool]
"""Says whether (public key, message, signature) belong together; it does not raise."""


class Signer(Protocol):
    """Holds a private key and never shows it."""

    @property
    def algorithm(self) -> int: ...

    @property
    def public_key(self) -> bytes: ...

    def sign(self, message: bytes) -> bytes:
        """Return the signature over `message`."""


class Ed25519Signer:
    """Signs with a 32-byte seed that stays in this process."""

    __slots__ = ("_secret", "public_key")

    algorithm = ED25519

    def __init__(self, seed: bytes) -> None:
        if len(seed) != bindings.crypto_sign_SEEDBYTES:
            raise KeyRefused("an Ed25519 seed is 32 bytes")
        self.public_key, self._secret = bindings.crypto_sign_seed_keypair(seed)

    def __repr__(self) -> str:
        return f"Ed25519Signer(public_key={self.public_key.hex()})"

    def sign(self, message: bytes) -> bytes:
        return bindings.crypto_sign(message, self._secret)[: bindings.crypto_sign_BYTES]


def verify_ed25519(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether `signature` is of `message`; libsodium refuses S + L and small orders."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    try:
        bindings.crypto_sign_open(signature + message, public_key)
    except BadSignatureError:
        return False
    return True


VERIFIERS: Mapping[int, Verifier] = {
    ED25519: verify_ed25519,
    EDDSA_DEPRECATED: verify_ed25519,
}
