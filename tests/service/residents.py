"""The simulator's residents as applicants whose profile told all that it can tell."""

from adapters.hk.simulator.people import RESIDENTS, Resident
from tests.service.persons import verified
from tests.service.running import Service
from tests.service.visitor import Visitor

CHAN, WONG, LEE = (RESIDENTS[key] for key in ("chan", "wong", "lee"))


def claims_of(resident: Resident) -> dict[str, str]:
    born = resident.birth_date
    return {
        "document_type": "hkid",
        "document_number": resident.number,
        "name_en": resident.name_en,
        "name_zh": resident.name_zh,
        "birth_date": f"{born[:4]}-{born[4:6]}-{born[6:]}",
    }


async def came(
    service: Service, resident: Resident = CHAN, account: str | None = None, **changes: str
) -> Visitor:
    """Return the resident with a session, under an account of their own unless told."""
    return await verified(
        service, account or f"account-{resident.key}", **(claims_of(resident) | changes)
    )
