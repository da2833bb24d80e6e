"""What a verification told of a person, for whoever compares it with a register."""

from collections.abc import Mapping
from uuid import UUID

from ledger.personal import Hidden
from ledger.verification import Verifications


def verified_claims(verifications: Verifications, id: UUID) -> Mapping[str, str]:
    """Return the claims of a verification; none where they are hidden by now."""
    found = verifications.load(id)
    if found is None or isinstance(found.claims, Hidden):
        return {}
    return found.claims
