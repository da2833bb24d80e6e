"""The numbers on people's and enterprises' documents, checked for form alone.

Well-formed is not verified: the answer is `format_valid` and never more. Nor is a
document's type guessed from its shape; whoever asks says what it claims to be.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2, mod_37_36


class Document(StrEnum):
    """What a number claims to be; the values are those of a `document_type` claim."""

    HKID = "hkid"
    RESIDENT_IDENTITY = "resident_identity"
    RESIDENCE_PERMIT = "residence_permit"
    MAINLAND_TRAVEL_PERMIT = "mainland_travel_permit"
    MAINLAND_TRAVEL_PERMIT_NON_CHINESE = "mainland_travel_permit_non_chinese"
    MACAO_BIR = "macao_bir"
    PERMANENT_RESIDENCE = "permanent_residence"
    UNIFIED_SOCIAL_CREDIT = "unified_social_credit"
    HK_BUSINESS_REGISTRATION = "hk_business_registration"
    ELECTRONIC_CERTIFICATE = "electronic_certificate"


DOCUMENTS: Final = frozenset(Document)
"""All of them, to ask for a text that came in."""


def normalised(number: str) -> str:
    """Return `number` as it is checked and compared: narrow, in capitals, without spaces.

    Only the full-width forms of ASCII become ASCII. Other digits and letters stay
    what they are, and so make a number malformed instead of another number.
    """
    return "".join(number.translate(_NARROW).split())


def format_valid(document: Document, number: str) -> bool:
    """Tell whether the normalised `number` is written as `document`'s numbers are."""
    return _RULES[document](number)


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


def _hkid(number: str) -> bool:
    parts = re.fullmatch(r"([A-Z]{1,2}[0-9]{6})\(([0-9A])\)", number)
    return parts is not None and hkid_check_character(parts[1]) == parts[2]


def _of_a_citizen(places: str) -> Callable[[str], bool]:
    """GB 11643: place, birth date, sequence, and MOD 11-2 over all of it.

    Only the province is looked at: districts were renamed, and numbers were not.
    """
    pattern = re.compile(f"(?:{places})([0-9]{{8}})[0-9]{{3}}[0-9X]")

    def holds(number: str) -> bool:
        parts = pattern.fullmatch(number)
        return parts is not None and _is_day(parts[1]) and mod_11_2.is_valid(number)

    return holds


def _matching(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda number: compiled.fullmatch(number) is not None


def _permanent_residence(number: str) -> bool:
    """The card of 2023, or the one before it, which holds until it expires.

    The first is 9, province, country (ISO 3166-1 numeric), birth date, sequence and
    MOD 11-2; the older one is three letters and twelve digits.
    """
    parts = re.fullmatch(r"9[0-9]{5}([0-9]{8})[0-9]{3}[0-9X]", number)
    if parts is None:
        return re.fullmatch(r"[A-Z]{3}[0-9]{12}", number) is not None
    return _is_day(parts[1]) and mod_11_2.is_valid(number)


def _unified_social_credit(number: str) -> bool:
    """GB 32100. The office and kind before the region may be letters, as in N2 of farms.

    python-stdnum takes digits alone there, so its rule is asked for the check alone.
    """
    return _CREDIT.fullmatch(number) is not None and (
        uscc.calc_check_digit(number) == number[-1]
    )


def _electronic_certificate(number: str) -> bool:
    """GB/T 36904: MOD 37-36 over type, issuer, serial and version, without root and dots."""
    parts = _CERTIFICATE.fullmatch(number)
    return parts is not None and mod_37_36.is_valid("".join(parts.groups()))


def _is_day(text: str) -> bool:
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True


_BLANK: Final = 36
_LETTERS: Final = "A-HJ-NP-RTUWXY"
"""GB 32100 leaves out I, O, S, V and Z."""
_CREDIT: Final = re.compile(rf"[1-9ANY][1-9{_LETTERS}][0-9]{{6}}[0-9{_LETTERS}]{{10}}")
_NARROW: Final = {
    **{code + 0xFEE0: chr(code).upper() for code in range(0x21, 0x7F)},
    **{code: chr(code).upper() for code in range(0x61, 0x7B)},
}
_CERTIFICATE: Final = re.compile(
    r"1\.2\.156\.3005\.2\.([0-9A-Z]{21})\.([0-9A-Z]{1,18})\.([0-9A-Z]{1,64})\.([0-9]{3})\.([0-9A-Z])"
)
_PROVINCES: Final = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71)[0-9]{4}"

_RULES: Final[Mapping[Document, Callable[[str], bool]]] = {
    Document.HKID: _hkid,
    Document.RESIDENT_IDENTITY: _of_a_citizen(_PROVINCES),
    Document.RESIDENCE_PERMIT: _of_a_citizen("8[123]0000"),
    Document.MAINLAND_TRAVEL_PERMIT: _matching(r"[HM][0-9]{8}(?:[0-9]{2})?"),
    # Issued since 10 July 2024: nine characters, HA or MA and seven digits.
    Document.MAINLAND_TRAVEL_PERMIT_NON_CHINESE: _matching(r"[HM]A[0-9]{7}"),
    Document.MACAO_BIR: _matching(r"[157][0-9]{7}"),
    Document.PERMANENT_RESIDENCE: _permanent_residence,
    Document.UNIFIED_SOCIAL_CREDIT: _unified_social_credit,
    # Eight digits; where there is no registration, a letter before the company's number.
    Document.HK_BUSINESS_REGISTRATION: _matching(r"[0-9]{8}|[A-Z][0-9]{7}|[A-Z]{2}[0-9]{6}"),
    Document.ELECTRONIC_CERTIFICATE: _electronic_certificate,
}
