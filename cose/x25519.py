"""X25519 keys, which open sealed boxes and sign nothing."""

from typing import Final

from nacl import bindings
from nacl.exceptions import CryptoError

from cose.algorithms import OKP, Algorithm, register
from cose.errors import KeyRefused

SEALED_BOX: Final = -70100
"""Our private number for X25519 keys that open sealed boxes; COSE has none."""


def _screen(public_key: bytes) -> None:
    try:
        bindings.crypto_scalarmult(bytes([1] * 32), public_key)
    except CryptoError as error:
        raise KeyRefused("a point of small order on Curve25519") from error


def _verify_nothing(_public_key: bytes, _message: bytes, _signature: bytes) -> bool:
    return False


register(
    Algorithm(
        number=SEALED_BOX,
        key_type=OKP,
        curve=4,
        size=32,
        screen=_screen,
        verify=_verify_nothing,
    )
)
