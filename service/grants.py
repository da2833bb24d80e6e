"""What an operator lets a provider's claims make of those who work here, checked at start."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from identity.staff_grants import Grant, Grants
from ledger.actor import Role
from ledger.errors import HomeUnusable
from service.policy import OFFICE, scopes_of

_SIGNING_IN: Final = OFFICE | {
    Role.CHIEF,
    Role.SUPERVISOR,
    Role.DATA_PROTECTION,
    Role.OPERATOR,
}
"""Who works here; nobody is made an applicant, a partner or the clock by a provider."""
_OF_OFFICES: Final = OFFICE | {Role.CHIEF}


def read_grants(file: Path) -> Grants:
    """Read what a provider's claims give; raises `HomeUnusable` naming what does not fit."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Grants)
    except OSError as error:
        raise HomeUnusable(f"{file} cannot be read: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise HomeUnusable(f"{file.name}: {error}") from error


def check_grants(grants: Mapping[str, Grant], authorities: set[str]) -> None:
    """Raise `HomeUnusable` for a grant of what nobody who works here can be."""
    for name, grant in grants.items():
        if grant.role not in _SIGNING_IN:
            raise HomeUnusable(f"OIDC grant {name!r}: nobody signs in as {grant.role!r}")
        if (grant.role in _OF_OFFICES) != (grant.authority in authorities):
            raise HomeUnusable(f"OIDC grant {name!r}: an authority of the catalogue, please")
        beyond = {*(grant.scopes or ())} - {*scopes_of(Role(grant.role))}
        if beyond:
            raise HomeUnusable(f"OIDC grant {name!r}: beyond what a {grant.role} has")
