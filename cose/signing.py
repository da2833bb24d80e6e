"""The port by which everything of ours is signed.

A signer says its algorithm and public key; whether its signatures are ever
believed is up to the record under which others have enrolled that key.
"""

from typing import Protocol


class Signer(Protocol):
    """Holds a private key and never shows it."""

    @property
    def algorithm(self) -> int: ...

    @property
    def public_key(self) -> bytes: ...

    def sign(self, message: bytes) -> bytes:
        """Return the signature over `message`."""
