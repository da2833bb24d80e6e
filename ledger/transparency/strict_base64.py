"""Base64 as notes write it (RFC 4648, 4): for each bytes one text, and no other is read."""

import binascii
from base64 import b64decode, b64encode

from ledger.transparency.errors import NoteRefused


def encode(data: bytes) -> str:
    """Return the text of `data`."""
    return b64encode(data).decode()


def decode(text: str) -> bytes:
    """Return the bytes that `text` is the one text of, or raise `NoteRefused`."""
    try:
        data = b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteRefused("not base64") from error
    if encode(data) != text:
        raise NoteRefused("not the one base64 of its bytes")
    return data
