"""What is believed of a person as a request brings it: by a document, and well written.

A number that cannot be one of its type was mistyped, and so was a date that is none.
That is said at once and by name, and not by a region that answers `no_match`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final
from unicodedata import category

from identity.documents import DOCUMENTS, Document, format_valid, normalised
from rest import BadRequest


def checked_number(document: Document, number: str, *, field: str) -> str:
    """Return `number` normalised, or raise `BadRequest` naming `field`."""
    written = normalised(number)
    if not format_valid(document, written):
        raise BadRequest(f"no {document} has such a number; compare it again", field=field)
    return written


def checked_identifiers(identifiers: Mapping[Any, str], *, field: str) -> dict[str, str]:
    """Return what is believed of a person with the number normalised; raises `BadRequest`.

    Nobody is asked about without a document: a name alone finds nobody, and does not
    tell whose data these are.
    """
    for name, believed in identifiers.items():
        if not 0 < len(believed) <= _LONGEST or any(category(c) == "Cc" for c in believed):
            raise BadRequest(
                f"1 to {_LONGEST} characters, no control characters", field=f"{field}.{name}"
            )
    for name, (advice, is_one) in _WRITTEN.items():
        if name in identifiers and not is_one(identifiers[name]):
            raise BadRequest(advice, field=f"{field}.{name}")
    kind, number = identifiers.get("document_type"), identifiers.get("document_number")
    if kind not in DOCUMENTS:
        known = ", ".join(sorted(Document))
        raise BadRequest(
            f"say which document it is; no type is guessed; known: {known}",
            field=f"{field}.document_type",
        )
    at = f"{field}.document_number"
    if number is None:
        raise BadRequest("a person is asked about by the number of a document", field=at)
    return {**identifiers, "document_number": checked_number(Document(kind), number, field=at)}


def _is_day(text: str) -> bool:
    try:
        return re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is not None and bool(
            date.fromisoformat(text)
        )
    except ValueError:
        return False


_LONGEST: Final = 64
_WRITTEN: Final[Mapping[str, tuple[str, Callable[[str], bool]]]] = {
    "birth_date": ("a day such as 1990-03-07, please", _is_day),
    "gender": ("F or M, please, as registers have it", {"F", "M"}.__contains__),
}
