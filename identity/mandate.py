"""Acting for an enterprise: a verified person, compared with who may act for it.

What the person's own verification told is what is compared. A number somebody
merely typed proves nothing about who they are.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from identity.comparing import confirms
from identity.enterprise import Capacity, Enterprise, Mandate
from identity.errors import ProviderUnavailable
from identity.model import Answer
from identity.ports import EnterpriseRegister


class MandateRecord(Protocol):
    """Where mandates are kept. Each call is durable when it returns."""

    def claims(self, verification: UUID) -> Mapping[str, str]:
        """Return what was verified of the person."""

    def is_over(self, mandate: Mandate) -> bool:
        """Tell whether the last day of `mandate` has passed."""

    def confirm(
        self,
        id: UUID,
        *,
        person: str,
        enterprise: str,
        verification: UUID,
        document_type: str,
        number: str,
        capacity: str,
        mandate: Mandate,
    ) -> None:
        """Keep that the person may act."""

    def refuse(
        self,
        id: UUID,
        *,
        person: str,
        verification: UUID,
        capacity: str,
        reason: str,
        answers: Mapping[str, Answer],
    ) -> None:
        """Keep that they may not, or that nobody could say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """What came of asking: refused for a reason, or for whom one acts from now on."""

    id: UUID
    refused: str | None = None
    enterprise: str = ""
    mandate: Mandate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateDesk:
    """Verifies who acts for an enterprise; `pseudonym` names it in the ledger."""

    record: MandateRecord
    register: EnterpriseRegister | None
    pseudonym: Callable[[str, str], str]
    random: Callable[[int], bytes]

    async def act_for(
        self,
        person: str,
        verification: UUID,
        enterprise: Enterprise,
        capacity: Capacity,
        item: str | None,
    ) -> Acting:
        """Let `person` act for the enterprise, or record why not.

        An agent with a scope says for which `item` of it. Raises `ProviderUnavailable`.
        """
        if self.register is None:
            raise ProviderUnavailable("no register of enterprises is joined here")
        id = UUID(bytes=self.random(16), version=4)
        claims = await asyncio.to_thread(self.record.claims, verification)
        mandate = await self.register.mandate(enterprise, capacity, claims)
        reason = self._refusal(mandate, item)
        if reason is not None:
            await asyncio.to_thread(
                self.record.refuse,
                id,
                person=person,
                verification=verification,
                capacity=str(capacity),
                reason=reason,
                answers=mandate.answers,
            )
            return Acting(id=id, refused=reason)
        name = self.pseudonym(str(enterprise.document), enterprise.number)
        await asyncio.to_thread(
            self.record.confirm,
            id,
            person=person,
            enterprise=name,
            verification=verification,
            document_type=str(enterprise.document),
            number=enterprise.number,
            capacity=str(capacity),
            mandate=mandate,
        )
        return Acting(id=id, enterprise=name, mandate=mandate)

    def _refusal(self, mandate: Mandate, item: str | None) -> str | None:
        if not confirms(mandate.answers, "document_type", "document_number"):
            return "no_match"
        if self.record.is_over(mandate):
            return "over"
        if mandate.scope and item not in mandate.scope:
            return "beyond_scope"
        return None
