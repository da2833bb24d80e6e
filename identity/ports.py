"""What identity needs of others: providers with a page, partner regions, registers."""

from collections.abc import Mapping
from typing import Protocol

from identity.model import Comparison, Grant, Profile


class HostedProvider(Protocol):
    """A jurisdiction whose residents prove themselves on a page of its own.

    The person goes to `page`, comes back with a code, the code is redeemed, and
    the profile arrives later as a callback that names the transaction it answers.
    """

    jurisdiction: str
    method: str

    def page(self, *, state: str, language: str) -> str:
        """Return the URL to send the person to; `state` comes back with them."""

    async def redeem(self, code: str) -> Grant:
        """Exchange `code`, or raise `VerificationDeclined` or `ProviderUnavailable`."""

    async def request_profile(self, grant: Grant, *, transaction: str) -> str | None:
        """Ask for the profile; it arrives at our callback under `transaction`.

        Return the page to send the person to first, if the provider wants one.
        """

    def read_profile(self, headers: Mapping[str, str], body: bytes) -> Profile:
        """Open a profile callback, or raise `CallbackRefused` or `VerificationDeclined`."""


class PartnerRegion(Protocol):
    """The wire to one partner region: a signed request out, a signed assertion back."""

    async def verify(self, request: bytes) -> bytes:
        """Carry `request` to the region, or raise `ProviderUnavailable`."""


class ResidentRegister(Protocol):
    """Where a home region looks its residents up; it answers, it does not hand out."""

    async def compare(
        self, identifiers: Mapping[str, str], fields: tuple[str, ...]
    ) -> Comparison:
        """Answer each of `fields` about whoever `identifiers` names.

        Somebody unknown is answered like somebody different.
        """
