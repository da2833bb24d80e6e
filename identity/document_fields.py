"""Numbers of documents as a request brings them: of a known type, and written as it writes.

A number that cannot be one of its type was mistyped. That is said at once and by
name, and not by a region that answers `no_match`.
"""

from collections.abc import Mapping
from typing import Any

from identity.documents import Document, format_valid, normalised
from rest import BadRequest


def checked_number(document: Document, number: str, *, field: str) -> str:
    """Return `number` normalised, or raise `BadRequest` naming `field`."""
    written = normalised(number)
    if not format_valid(document, written):
        raise BadRequest(f"no {document} has such a number; compare it again", field=field)
    return written


def checked_identifiers(identifiers: Mapping[Any, str], *, field: str) -> dict[str, str]:
    """Return what is believed of a person with the number normalised; raises `BadRequest`."""
    number, kind = identifiers.get("document_number"), identifiers.get("document_type")
    if kind is not None and kind not in set(Document):
        known = ", ".join(sorted(Document))
        raise BadRequest(f"no such type; known: {known}", field=f"{field}.document_type")
    if number is None:
        return dict(identifiers)
    if kind is None:
        raise BadRequest(
            "say whose number it is; no type is guessed", field=f"{field}.document_type"
        )
    at = f"{field}.document_number"
    return {**identifiers, "document_number": checked_number(Document(kind), number, field=at)}
