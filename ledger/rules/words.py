"""How much an official may say at once: it may have to go to another region in one message."""

from typing import Final

import msgspec

from ledger.commands import (
    Command,
    ReceiveOpinion,
    SubmitApplication,
    SubmitCorrection,
    SubmitSupplement,
)
from ledger.errors import CommandRejected

LONGEST: Final = 32_768
"""Bytes of a command in JSON. A message holds 52 KiB, with the case's own words around it."""

_BROUGHT = (SubmitApplication, SubmitCorrection, SubmitSupplement, ReceiveOpinion)
"""What comes in, from the applicant or a message, and is not told on."""


def check_words(command: Command) -> None:
    """Raise `CommandRejected` for words that may be more than one message holds."""
    if not isinstance(command, _BROUGHT) and len(msgspec.json.encode(command)) > LONGEST:
        raise CommandRejected(
            "this is more than one message to another region holds; say it in fewer words"
        )
