"""Ed25519 (RFC 8032) by libsodium, which refuses S + L and small orders by itself.

-19 and -8 name the same signatures (RFC 9864); which of the two a key may
appear under is said by the key's own record, never by the token.
"""

from typing import Final

from nacl import bindings
from nacl.exceptions import BadSignatureError

from cose.algorithms import OKP, Algorithm, register
from cose.errors import KeyRefused

ED25519: Final = -19
EDDSA_DEPRECATED: Final = -8


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
        return bindings.crypto_sign(message, self._secret)[:64]


def verify_ed25519(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether `signature` is of `message`."""
    # libsodium reads 32 and 64 bytes from wherever it is pointed to.
    if len(public_key) != 32 or len(signature) != 64:
        return False
    try:
        bindings.crypto_sign_open(signature + message, public_key)
    except BadSignatureError:
        return False
    return True


def _screen(public_key: bytes) -> None:
    if not bindings.crypto_core_ed25519_is_valid_point(public_key):
        raise KeyRefused("not a point of Ed25519's prime-order group")


for _number in (ED25519, EDDSA_DEPRECATED):
    register(
        Algorithm(
            number=_number,
            key_type=OKP,
            curve=6,
            size=32,
            screen=_screen,
            verify=verify_ed25519,
        )
    )
