"""A sample register of Mainland Travel Permits, every one of them made up.

Its holders are the residents of the Hong Kong simulator. A permit is found by its
first nine characters, which stay with its holder through every renewal.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from identity.comparing import compare_fields
from identity.documents import Document, normalised, permit_holder
from identity.model import Assurance, Comparison

SOURCE_AS_OF: Final = datetime(2026, 1, 1, tzinfo=UTC)

PERMITS: Final[Mapping[str, Mapping[str, str]]] = {
    "H99999901": {
        "name_zh": "陈样本",
        "name_en": "CHAN SAMPLE",
        "birth_date": "1980-01-01",
        "gender": "F",
    },
    "H99999902": {
        "name_zh": "黄例子",
        "name_en": "WONG EXAMPLE",
        "birth_date": "1975-12-31",
        "gender": "M",
    },
    "H99999903": {
        "name_zh": "李虚构",
        "name_en": "LEE MAKEBELIEVE",
        "birth_date": "2000-02-29",
        "gender": "F",
    },
    "H99999904": {
        "name_zh": "欧阳假设",
        "name_en": "AUYEUNG IMAGINARY",
        "birth_date": "1966-11-12",
        "gender": "M",
    },
}
"""What is held of each holder, by the part of the number that stays theirs."""


class SamplePermits:
    """The port `ResidentRegister` over made-up permits."""

    async def compare(
        self, identifiers: Mapping[str, str], fields: tuple[str, ...]
    ) -> Comparison:
        """Answer each field about whoever holds the permit."""
        return Comparison(
            answers=compare_fields(identifiers, _held(identifiers), fields),
            assurance=Assurance.REMOTE,
            method="sample-permits",
            source_as_of=SOURCE_AS_OF,
        )


def _held(identifiers: Mapping[str, str]) -> dict[str, str] | None:
    number = normalised(identifiers.get("document_number", ""))
    holder = PERMITS.get(permit_holder(number))
    kind = Document.MAINLAND_TRAVEL_PERMIT
    if identifiers.get("document_type") != kind or holder is None:
        return None
    # Only the holder's part is compared: the two digits after it count renewals.
    return {**holder, "document_type": kind, "document_number": number}
