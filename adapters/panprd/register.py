"""A sample register of residents, every one of them made up.

Nobody's district code ends in 9999, so none of these numbers can be a real
person's. The register compares and never hands out, and answers about somebody
unknown as about somebody different.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from identity.comparing import compare_fields
from identity.documents import Document, normalised
from identity.model import Assurance, Comparison

SOURCE_AS_OF: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """One made-up person; the names are as the register writes them."""

    region: str
    number: str = field(repr=False)
    name_zh: str = field(repr=False)
    name_en: str = field(repr=False)
    birth_date: str = field(repr=False)
    gender: str = field(repr=False)

    def held(self) -> dict[str, str]:
        """Return what the register holds of them, by the names of claims."""
        return {
            "document_type": Document.RESIDENT_IDENTITY,
            "document_number": self.number,
            "name_zh": self.name_zh,
            "name_en": self.name_en,
            "birth_date": self.birth_date,
            "gender": self.gender,
        }


RESIDENTS: Final = (
    Resident(
        region="CN-GX",
        number="459999199003070025",
        name_zh="样本一",
        name_en="YANG BENYI",
        birth_date="1990-03-07",
        gender="F",
    ),
    Resident(
        region="CN-GX",
        number="459999197811210015",
        name_zh="样本二",
        name_en="YANG BENER",
        birth_date="1978-11-21",
        gender="M",
    ),
    Resident(
        region="CN-GD",
        number="449999198506120040",
        name_zh="示例三",
        name_en="SHI LISAN",
        birth_date="1985-06-12",
        gender="F",
    ),
    Resident(
        region="CN-HN",
        number="439999199202030030",
        name_zh="示范四",
        name_en="SHI FANSI",
        birth_date="1992-02-03",
        gender="M",
    ),
)


class SampleRegister:
    """The port `ResidentRegister` over the made-up residents of one region."""

    def __init__(self, region: str) -> None:
        self._residents = {each.number: each for each in RESIDENTS if each.region == region}

    async def compare(
        self, identifiers: Mapping[str, str], fields: tuple[str, ...]
    ) -> Comparison:
        """Answer each field about whoever holds the document; nobody matches in nothing."""
        resident = self._resident(identifiers)
        held = None if resident is None else resident.held()
        return Comparison(
            answers=compare_fields(identifiers, held, fields),
            assurance=Assurance.REMOTE,
            method="sample-register",
            source_as_of=SOURCE_AS_OF,
        )

    def _resident(self, identifiers: Mapping[str, str]) -> Resident | None:
        if identifiers.get("document_type") != Document.RESIDENT_IDENTITY:
            return None
        return self._residents.get(normalised(identifiers.get("document_number", "")))
