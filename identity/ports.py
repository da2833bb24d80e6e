"""What identity needs of others: providers with a page, partner regions, registers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from identity.enterprise import Capacity, Enterprise, Mandate
from identity.errors import VerificationDeclined
from identity.model import (
    Comparison,
    Document,
    Grant,
    Profile,
    Scope,
    Signed,
    SteppedUp,
)


class HostedProvider(Protocol):
    """A jurisdiction whose residents prove themselves on a page of its own.

    The person goes to `page`, comes back with a code, the code is redeemed, and
    what was requested arrives later as a callback that names the transaction it
    answers. Whatever the scope, it begins with the page: no access is ever kept.
    """

    jurisdiction: str
    method: str

    def page(self, *, state: str, language: str, scope: Scope) -> str:
        """Return the URL to send the person to; `state` comes back with them."""

    async def redeem(self, code: str) -> Grant:
        """Exchange `code`, or raise `VerificationDeclined` or `ProviderUnavailable`."""

    async def request(
        self,
        grant: Grant,
        scope: Scope,
        *,
        transaction: str,
        document: Document | None = None,
    ) -> str | None:
        """Ask for what `scope` gives; it arrives at our callback under `transaction`.

        Signing needs the `document`. Return the page to send the person to first,
        if the provider wants one.
        """

    def declined(self, code: str | None) -> VerificationDeclined:
        """Return how somebody said no who came back without a code, but with this word."""

    def digits(self, grant: Grant, document: Document) -> str | None:
        """Return what the provider shows who signs, if it does: our page shows it beside."""

    def read_callback(
        self, headers: Mapping[str, str], body: bytes
    ) -> Profile | SteppedUp | Signed:
        """Open a callback, or raise `CallbackRefused` or `VerificationDeclined`."""

    async def acknowledge(self, signed: Signed) -> None:
        """Tell the provider that a signature arrived and was recorded."""


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


class EnterpriseRegister(Protocol):
    """Where it is looked up who acts for an enterprise; it answers, it does not hand out."""

    async def mandate(
        self, enterprise: Enterprise, capacity: Capacity, person: Mapping[str, str]
    ) -> Mandate:
        """Compare `person` with whoever acts for the enterprise in this capacity.

        An enterprise nobody knows is answered like one for which somebody else acts.
        """


class EnterpriseProvider(Protocol):
    """An enterprise that proves itself on a page of its own: the place of CorpID.

    Hong Kong's corporate identity is to tell which company somebody acts for, and as
    what. The person goes to `page` and comes back with a code, as with a
    `HostedProvider`; what the code is redeemed for stands for a register's answer,
    whose answers are about the person's own verified claims.
    """

    jurisdiction: str
    method: str

    def page(self, *, state: str, language: str) -> str:
        """Return the URL to send the person to; `state` comes back with them."""

    async def redeem(
        self, code: str, person: Mapping[str, str]
    ) -> tuple[Enterprise, Capacity, Mandate]:
        """Exchange `code`, or raise `VerificationDeclined` or `ProviderUnavailable`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenStaff:
    """What a provider proves of somebody who works here, and when they proved it there."""

    claims: Mapping[str, Any] = field(repr=False)
    authenticated_at: datetime


class StaffProvider(Protocol):
    """Where those who work here sign in: OpenID Connect, code flow with PKCE."""

    async def page(self, *, state: str, nonce: str, challenge: str) -> str:
        """Return the address of its page, or raise `ProviderUnavailable`."""

    def check_issuer(self, issuer: str | None) -> None:
        """Raise `CallbackRefused` where it is another who answers (RFC 9207, 2.4)."""

    async def prove(self, *, code: str, verifier: str, nonce: str) -> ProvenStaff:
        """Redeem `code` once; raises `TokenRefused` and `ProviderUnavailable`."""
