"""What has to hold of whatever travels in a message, or after it."""

from collections.abc import Mapping

import msgspec

from ledger.errors import CommandRejected

LARGEST = 32_768
"""Bytes of text in one message: entries hold 65,535, and its token has to fit in one."""


def check_materials(materials: Mapping[str, str]) -> None:
    """Raise `CommandRejected` unless each kind is short and each digest is one."""
    for kind, digest in materials.items():
        if not 0 < len(kind) <= 100:
            raise CommandRejected("materials: a kind has 1 to 100 characters")
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise CommandRejected("materials: each digest is a SHA-256 in lower-case hex")


def check_size(texts: Mapping[str, str]) -> None:
    """Raise `CommandRejected` for texts that one message does not hold."""
    if len(msgspec.json.encode(texts)) > LARGEST:
        raise CommandRejected("this is more than one message holds; hand it in as a material")
