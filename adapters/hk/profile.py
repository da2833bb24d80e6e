"""What iAM Smart tells of a person, in our own claims.

Unsure: whether a birth date is always whole. One that is not a day is left out, so
that nobody is refused for having been born before such things were written down.
"""

from datetime import date
from typing import Any

from adapters.hk.contents import ChineseName, Content, EnglishName, FormFields, IdNo
from adapters.hk.wire import WireError
from identity.documents import Document, format_valid


def claims(content: Content) -> dict[str, str]:
    """Return what is known, or raise `WireError` at a malformed identity card number."""
    form = content.eme_fields or FormFields()
    known = {
        "name_en": _name(content.en_name),
        "name_zh": _name(content.ch_name),
        "birth_date": _day(content.birth_date),
        "gender": content.gender,
        **_document(content.id_no),
        "mobile_number": form.mobile_number,
        "email_address": form.email_address,
        "residential_address": _text(form.residential_address),
        "postal_address": _text(form.postal_address),
    }
    return {name: value for name, value in known.items() if value}


def _document(id_no: IdNo | None) -> dict[str, str]:
    if id_no is None:
        return {}
    number = f"{id_no.identification.strip()}({id_no.check_digit})"
    if not format_valid(Document.HKID, number):
        raise WireError("the identity card number is not well-formed")
    return {"document_type": Document.HKID.value, "document_number": number}


def _name(name: EnglishName | ChineseName | str | None) -> str | None:
    match name:
        case EnglishName():
            return name.unstructured_name
        case ChineseName():
            return name.chinese_name
        case _:
            return name


def _text(address: str | dict[str, Any] | None) -> str | None:
    return address if isinstance(address, str) else None


def _day(text: str | None) -> str | None:
    try:
        return date.fromisoformat(text or "").isoformat()
    except ValueError:
        return None
