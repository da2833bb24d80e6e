"""What has to hold of whatever travels in a message, or after it.

What is recorded is owed, and what is owed has to fit: so a message is measured
before the entry that owes it is.
"""

from collections.abc import Mapping
from typing import Final

from cose import CborRefused, encode
from ledger.errors import CommandRejected
from ledger.handover import contents
from ledger.handover.letter import Letter

LARGEST: Final = 52 * 1024
"""Bytes of one message: its token and the digests beside it have to fit in an entry."""

_DIGEST = 67
"""Bytes of a digest in the entry that holds the token."""


def check_materials(materials: Mapping[str, str]) -> None:
    """Raise `CommandRejected` unless each kind can be an item's and each digest is one."""
    for kind, digest in materials.items():
        if not contents.is_id(kind):
            raise CommandRejected(
                "materials: a kind is named as in a catalogue, in 1 to 100 letters, digits"
                " and signs, and is no number"
            )
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise CommandRejected("materials: each digest is a SHA-256 in lower-case hex")


def check_fits(letter: Letter, *, largest: int = LARGEST) -> None:
    """Raise `CommandRejected` for what one message does not hold."""
    try:
        size = len(encode({**letter.message.content}))
    except CborRefused as error:
        raise CommandRejected("this holds characters that no message carries") from error
    if size + _DIGEST * len(letter.materials) > largest:
        raise CommandRejected(
            "this is more than one message holds; hand in what is long as a material,"
            " and fewer materials at once"
        )
