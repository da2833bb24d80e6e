"""Bytes as text that stands in URLs and headers: base64url without padding (RFC 4648, 5).

Decoding forgives strange characters and loose last bits. Where one text is to have one
reading, the caller encodes again what it read, and compares.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode


def encoded(data: bytes) -> str:
    """Return `data` as text."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Return what `text` holds, or raise `ValueError`."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
