"""A sample register of residents, every one of them made up.

Nobody's district code ends in 9999, so none of these numbers can be a real
person's. The register compares and never hands out, and answers about somebody
unknown as about somebody different.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from identity.documents import normalised
from identity.model import Answer, Assurance, Comparison
from identity.names import compare_names

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

NOBODY: Final = Resident(region="", number="", name_zh="", name_en="", birth_date="", gender="")


class SampleRegister:
    """The port `ResidentRegister` over the made-up residents of one region."""

    def __init__(self, region: str) -> None:
        self._residents = {each.number: each for each in RESIDENTS if each.region == region}

    async def compare(
        self, identifiers: Mapping[str, str], fields: tuple[str, ...]
    ) -> Comparison:
        """Answer each field about whoever holds the document; nobody matches in nothing."""
        resident = self._resident(identifiers)
        return Comparison(
            answers={name: _compare(name, identifiers, resident) for name in fields},
            assurance=Assurance.REMOTE,
            method="sample-register",
            source_as_of=SOURCE_AS_OF,
        )

    def _resident(self, identifiers: Mapping[str, str]) -> Resident:
        if identifiers.get("document_type") != "resident_identity":
            return NOBODY
        return self._residents.get(normalised(identifiers.get("document_number", "")), NOBODY)


def _compare(name: str, identifiers: Mapping[str, str], resident: Resident) -> Answer:
    compare = _COMPARISONS.get(name)
    if compare is None or name not in identifiers:
        return Answer.NOT_COMPARABLE
    return compare(identifiers[name], resident)


def _exactly(value: Callable[[Resident], str]) -> Callable[[str, Resident], Answer]:
    def compare(believed: str, resident: Resident) -> Answer:
        same = believed and normalised(believed) == value(resident)
        return Answer.MATCH if same else Answer.NO_MATCH

    return compare


def _document_type(_believed: str, resident: Resident) -> Answer:
    return Answer.NO_MATCH if resident is NOBODY else Answer.MATCH


def _name_zh(believed: str, resident: Resident) -> Answer:
    # Nobody is called something else, whatever was believed.
    other = f"{believed}一"
    return compare_names(believed, other if resident is NOBODY else resident.name_zh)


def _name_en(believed: str, resident: Resident) -> Answer:
    return compare_names(believed, resident.name_en)


_COMPARISONS: Mapping[str, Callable[[str, Resident], Answer]] = {
    "document_type": _document_type,
    "document_number": _exactly(lambda resident: resident.number),
    "name_zh": _name_zh,
    "name_en": _name_en,
    "birth_date": _exactly(lambda resident: resident.birth_date),
    "gender": _exactly(lambda resident: resident.gender),
}
