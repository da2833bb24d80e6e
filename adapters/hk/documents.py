"""The numbers on a Hong Kong resident's documents, checked for form alone.

Well-formed is not verified: the answer is `format_valid` and never more. Nor is a
document's type guessed from its shape; whoever asks says what it claims to be.
"""

import re
from enum import StrEnum
from typing import assert_never


class Document(StrEnum):
    """What a number claims to be; the values are those of a `document_type` claim."""

    HKID = "hkid"
    MAINLAND_TRAVEL_PERMIT = "mainland_travel_permit"


def format_valid(document: Document, number: str) -> bool:
    """Tell whether `number` is written as `document`'s numbers are."""
    match document:
        case Document.HKID:
            return _hkid_format_valid(number)
        case Document.MAINLAND_TRAVEL_PERMIT:
            return _PERMIT.fullmatch(number) is not None
        case _:
            assert_never(document)


def hkid_check_character(body: str) -> str:
    """Return the character in brackets for a body like `A123456` or `AB987654`.

    Letters count A=10 … Z=35 and a missing first letter 36; the weights are 9 … 2.
    """
    values = [_BLANK if c == " " else int(c, 36) for c in body.rjust(8)]
    total = sum(weight * value for weight, value in zip(range(9, 1, -1), values, strict=True))
    return "0123456789A"[-total % 11]


def permit_holder(number: str) -> str:
    """Return the part of a Mainland Travel Permit's number that stays with its holder.

    Older cards carry two more digits that count renewals; only the first nine match.
    """
    return number[:9]


_HKID = re.compile(r"([A-Z]{1,2}[0-9]{6})\(([0-9A])\)")
_PERMIT = re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?")
_BLANK = 36


def _hkid_format_valid(number: str) -> bool:
    parts = _HKID.fullmatch(number)
    return parts is not None and hkid_check_character(parts[1]) == parts[2]
