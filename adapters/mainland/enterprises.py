"""A sample register of enterprises and of who acts for them, every one made up.

Those who act are the residents of the Hong Kong simulator. A real register of the
mainland would be asked for a 统一社会信用代码, Hong Kong's for a business registration.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

from identity.comparing import compare_fields
from identity.documents import Document
from identity.enterprise import Capacity, Enterprise, Mandate
from identity.model import Assurance

SOURCE_AS_OF: Final = datetime(2026, 1, 1, tzinfo=UTC)
_FIELDS: Final = ("birth_date", "document_number", "document_type", "name_en", "name_zh")


@dataclass(frozen=True, slots=True, kw_only=True)
class Representative:
    """Somebody who acts for an enterprise, as its register holds them."""

    capacity: Capacity
    held: Mapping[str, str] = field(repr=False)
    scope: tuple[str, ...] = ()
    until: date | None = None


CHAN: Final = {
    "document_type": "hkid",
    "document_number": "A123456(3)",
    "name_zh": "陳樣本",
    "name_en": "CHAN, Sample",
    "birth_date": "1980-01-01",
}
WONG: Final = {
    "document_type": "hkid",
    "document_number": "G123456(A)",
    "name_zh": "黃例子",
    "name_en": "WONG, Example",
    "birth_date": "1975-12-31",
}
LEE: Final = {
    "document_type": "hkid",
    "document_number": "L555555(0)",
    "name_zh": "李虛構",
    "name_en": "LEE, Makebelieve",
    "birth_date": "2000-02-29",
}

ENTERPRISES: Final[Mapping[tuple[Document, str], tuple[Representative, ...]]] = {
    (Document.UNIFIED_SOCIAL_CREDIT, "91449999MA0TEXT0XU"): (
        Representative(capacity=Capacity.LEGAL_REPRESENTATIVE, held=CHAN),
        Representative(
            capacity=Capacity.AGENT,
            held=LEE,
            scope=("gd.zhaoqing.food-operation-licence",),
            until=date(2027, 12, 31),
        ),
    ),
    (Document.HK_BUSINESS_REGISTRATION, "99999901"): (
        Representative(capacity=Capacity.OFFICER, held=WONG),
        Representative(
            capacity=Capacity.AGENT,
            held=CHAN,
            scope=("gd.zhaoqing.food-operation-licence",),
            until=date(2026, 2, 10),
        ),
    ),
}


class SampleEnterprises:
    """The port `EnterpriseRegister` over made-up enterprises."""

    async def mandate(
        self, enterprise: Enterprise, capacity: Capacity, person: Mapping[str, str]
    ) -> Mandate:
        """Compare `person` with whoever acts in this capacity; nobody matches in nothing."""
        found = _acting(enterprise, capacity, person)
        held = None if found is None else found.held
        return Mandate(
            answers=compare_fields(person, held, [n for n in _FIELDS if n in person]),
            assurance=Assurance.REMOTE,
            method="sample-enterprises",
            source_as_of=SOURCE_AS_OF,
            scope=() if found is None else found.scope,
            until=None if found is None else found.until,
        )


def _acting(
    enterprise: Enterprise, capacity: Capacity, person: Mapping[str, str]
) -> Representative | None:
    """Return who has the person's number among those of this capacity, or any of them."""
    key = enterprise.document, enterprise.number
    acting = [each for each in ENTERPRISES.get(key, ()) if each.capacity is capacity]
    number = person.get("document_number")
    same = [each for each in acting if each.held["document_number"] == number]
    return next(iter(same or acting), None)
