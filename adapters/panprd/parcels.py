"""What travels between regions: a token, the entry that records it, and its receipt.

One CBOR array of three, both ways. Reading one proves nothing yet.
"""

from dataclasses import dataclass, field
from typing import Final, Self

from adapters.panprd.messages import MESSAGE_LIMIT
from cose import CborRefused, decode, encode
from identity.errors import TokenRefused

MESSAGE_BODY: Final = "application/pprd-message+cbor"
ACK_BODY: Final = "application/pprd-ack+cbor"
BODY_LIMIT: Final = MESSAGE_LIMIT + 65_535 + 4096 + 16
"""A token, an entry and a receipt, each as long as it may be, and what holds them together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidenced:
    """A token with the proof that its sender's log holds what it did about it."""

    token: bytes = field(repr=False)
    entry: bytes = field(repr=False)
    receipt: bytes = field(repr=False)

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Return the three in `body`, or raise `TokenRefused`."""
        try:
            parts = decode(body, limit=BODY_LIMIT)
        except CborRefused as error:
            raise TokenRefused(f"body: {error}") from error
        if type(parts) is not list or [*map(type, parts)] != [bytes, bytes, bytes]:
            raise TokenRefused("body: not a token, an entry and a receipt")
        token, entry, receipt = parts
        return cls(token=token, entry=entry, receipt=receipt)

    def __bytes__(self) -> bytes:
        return encode([self.token, self.entry, self.receipt])
