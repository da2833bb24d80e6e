"""What a provider's claims make of somebody who works here: number, role, authority.

A provider may say anything; only what an operator wrote down here counts. Who is several
things says which of them they come as.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final

import msgspec

from identity.errors import TokenRefused

_NUMBER: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]


class Grant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One role, of an authority where it is an office's; `scopes` where it is less of it."""

    role: _Text
    authority: _Text | None = None
    scopes: tuple[_Text, ...] | None = None


class Grants(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which claim has somebody's number, which says what they are, and what that gives."""

    grants: dict[_Text, Grant]
    number: _Text = "sub"
    claim: _Text = "groups"

    def of(self, claims: Mapping[str, Any], wanted: str | None) -> tuple[str, Grant]:
        """Return number and grant of whom `claims` are about; raises `TokenRefused`."""
        if self.number not in claims:
            raise TokenRefused(f"{self.number}: no such claim; there are {_listed(claims)}")
        number = claims[self.number]
        if not isinstance(number, str) or not _NUMBER.fullmatch(number):
            raise TokenRefused(f"{self.number}: no number of somebody in an office")
        if self.claim not in claims:
            raise TokenRefused(f"{self.claim}: no such claim; there are {_listed(claims)}")
        held = claims[self.claim]
        names = [held] if isinstance(held, str) else held
        if not isinstance(names, list):
            raise TokenRefused(f"{self.claim}: neither a text nor texts")
        found = [name for name in self.grants if name in names]
        if not found:
            raise TokenRefused(f"{self.claim}: names none of {_listed(self.grants)}")
        if wanted is not None and wanted not in found:
            raise TokenRefused(f"{self.claim}: does not name the grant that was asked for")
        if wanted is not None:
            found = [wanted]
        if len(found) > 1:
            raise TokenRefused(f"{self.claim}: names {_listed(found)}; ask for one by ?grant=")
        return number, self.grants[found[0]]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
