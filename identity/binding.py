"""Binding an account to a Mainland Travel Permit: by consent, checked, and never computed.

Consent is recorded before the register is asked. The register confirms what the
person's own verification already told: a permit that is not theirs stays unbound.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from identity.comparing import confirms
from identity.documents import Document, permit_holder
from identity.errors import ProviderUnavailable
from identity.model import Answer, Comparison
from identity.ports import ResidentRegister

_COMPARED = ("birth_date", "document_number", "name_en", "name_zh")


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The words somebody agreed to: their version, language, and SHA-256 in hex."""

    wording: int
    language: str
    digest: str


class Bound(Protocol):
    """A binding as the record holds it."""

    @property
    def id(self) -> UUID: ...
    @property
    def status(self) -> str: ...
    @property
    def permit(self) -> object: ...
    @property
    def consented_at(self) -> datetime: ...
    @property
    def linked_at(self) -> datetime | None: ...


class BindingRecord(Protocol):
    """Where bindings are kept. Each call is durable when it returns."""

    def claims(self, verification: UUID) -> Mapping[str, str]:
        """Return what was verified of the person."""

    def consent(self, subject: str, id: UUID, *, permit: str, consent: Consent) -> None:
        """Keep that the person agreed, unless they are bound already or try too often."""

    def link(self, subject: str, id: UUID, *, permit: str, compared: Comparison) -> None:
        """Keep the link, or refuse it where the permit is bound to another account."""

    def refuse(
        self, subject: str, id: UUID, *, reason: str, answers: Mapping[str, Answer]
    ) -> None:
        """Keep that nothing was bound."""

    def unlink(self, subject: str, id: UUID) -> None:
        """Keep that the person asked for the end of it."""

    def of(self, subject: str) -> Sequence[Bound]:
        """Return all of a person's bindings, the newest last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingDesk:
    """Binds and unlinks; without a register of permits, nothing can be bound here."""

    record: BindingRecord
    permits: ResidentRegister | None
    random: Callable[[int], bytes]

    async def bind(
        self, subject: str, verification: UUID, *, permit: str, consent: Consent
    ) -> Bound:
        """Bind the well-formed `permit` to the account, or record why not.

        Raises `ProviderUnavailable` where the register cannot be asked.
        """
        live = await self._live(subject, permit)
        if live is not None:
            return live
        if self.permits is None:
            raise ProviderUnavailable("no register of travel permits is joined here")
        id = UUID(bytes=self.random(16), version=4)
        await asyncio.to_thread(
            self.record.consent, subject, id, permit=permit, consent=consent
        )
        try:
            compared = await self._compared(self.permits, verification, permit)
        except ProviderUnavailable:
            await self._refuse(subject, id, "unavailable", {})
            raise
        if confirms(compared.answers, "document_number", "birth_date"):
            await asyncio.to_thread(
                self.record.link, subject, id, permit=permit, compared=compared
            )
        else:
            await self._refuse(subject, id, "no_match", compared.answers)
        return await self._one(subject, id)

    async def unlink(self, subject: str, id: UUID) -> None:
        """End a binding, or say that there is none."""
        await asyncio.to_thread(self.record.unlink, subject, id)

    async def all(self, subject: str) -> Sequence[Bound]:
        """Return all of a person's bindings."""
        return await asyncio.to_thread(self.record.of, subject)

    async def _compared(
        self, permits: ResidentRegister, verification: UUID, permit: str
    ) -> Comparison:
        claims = await asyncio.to_thread(self.record.claims, verification)
        believed = {
            **claims,
            "document_type": Document.MAINLAND_TRAVEL_PERMIT,
            "document_number": permit,
        }
        return await permits.compare(believed, tuple(n for n in _COMPARED if n in believed))

    async def _refuse(
        self, subject: str, id: UUID, reason: str, answers: Mapping[str, Answer]
    ) -> None:
        await asyncio.to_thread(self.record.refuse, subject, id, reason=reason, answers=answers)

    async def _live(self, subject: str, permit: str) -> Bound | None:
        for bound in await self.all(subject):
            held = bound.permit
            same = isinstance(held, str) and permit_holder(held) == permit_holder(permit)
            if bound.status == "linked" and same:
                return bound
        return None

    async def _one(self, subject: str, id: UUID) -> Bound:
        return next(bound for bound in await self.all(subject) if bound.id == id)
