"""Personal fields, encrypted under their subject's key before they are stored.

XChaCha20-Poly1305, bound to stream, version and field, so that no ciphertext
can stand in for another. Destroying the key erases the person; every hash over
the stored bytes still holds.
"""

from uuid import UUID

from nacl import bindings
from nacl.exceptions import CryptoError

from cose import cbor
from ledger.errors import LogDamaged

NONCE_SIZE = bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
KEY_SIZE = bindings.crypto_aead_xchacha20poly1305_ietf_KEYBYTES


def seal(value: object, *, key: bytes, nonce: bytes, place: bytes) -> bytes:
    """Return nonce ‖ ciphertext of `value`, readable only with `key` at `place`."""
    sealed = bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
        cbor.encode(value), place, nonce, key
    )
    return nonce + sealed


def unseal(sealed: bytes, *, key: bytes, place: bytes) -> object:
    """Open what `seal` returned, or raise `LogDamaged`."""
    nonce, ciphertext = sealed[:NONCE_SIZE], sealed[NONCE_SIZE:]
    try:
        plain = bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
            ciphertext, place, nonce, key
        )
    except (CryptoError, ValueError) as error:
        raise LogDamaged("a sealed field does not open with its subject's key") from error
    return cbor.decode(plain)


def place(stream: UUID, version: int, field: str) -> bytes:
    """Where a sealed field belongs: case, version and name of the field."""
    return cbor.encode([stream.bytes, version, field])
