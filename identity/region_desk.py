"""The way of a question to a home region: asked directly, or carried by the client.

What its answer has to echo is in the record before the request leaves, so any server
can take the answer, also after a restart. An answer counts once; one that does not
hold, or comes again, is refused and recorded.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from identity.answering import Answerer
from identity.asking import METHOD, Asked, Asker, Question, commit_to_case
from identity.assurance import at_our_window
from identity.beginnings import Beginnings, Begun
from identity.errors import IdentityError, NotAgreed, ProviderUnavailable
from identity.model import Answer, VerifiedIdentity
from identity.ports import PartnerRegion
from identity.region_answers import RegionAnswers

COUNTER = "counter"
"""How our own residents prove who they are at our own windows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What a clerk, `asked_by` of `office`, asks about the person at the window."""

    region: str
    identifiers: Mapping[str, str] = field(repr=False)
    fields: tuple[str, ...]
    purpose: str
    legal_basis: str
    asked_by: str
    office: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionDesk:
    """Asks home regions about their residents, and our own register about ours.

    `home` is us in the role of answering, where a register is joined; `pseudonym` as
    the desk of hosted providers has it.
    """

    beginnings: Beginnings
    partners: Mapping[str, PartnerRegion]
    asker: Asker
    home: Answerer | None
    pseudonym: Callable[[str, str, str], str]

    @property
    def answers(self) -> RegionAnswers:
        """What takes the answers to what is asked here."""
        return RegionAnswers(
            beginnings=self.beginnings, asker=self.asker, pseudonym=self.pseudonym
        )

    @property
    def regions(self) -> frozenset[str]:
        """The regions that can be asked."""
        ours = () if self.home is None else (self.home.issuer,)
        return frozenset((*self.partners, *ours))

    async def ask(self, inquiry: Inquiry) -> Begun:
        """Ask the person's home region, and record what it answers.

        Raises `ProviderUnavailable` when no answer comes, or none that holds, and
        `NotAgreed` where we may not ask this.
        """
        if self.home is not None and inquiry.region == self.home.issuer:
            return await self._look_up(self.home, inquiry)
        begun, token = await self._prepare(inquiry, carried=False)
        verification = await self.beginnings.known(begun.id)
        answer: bytes | None = None
        try:
            answer = await self.partners[inquiry.region].verify(token)
            await self.answers.take(verification, answer, inquiry.identifiers)
        except IdentityError as error:
            if answer is not None:
                await self.answers.refuse(verification, answer, error)
            await asyncio.to_thread(
                self.beginnings.record.fail_first,
                begun.id,
                reason=error.reason,
                once=(),
            )
            raise ProviderUnavailable(f"{inquiry.region} gave no answer that holds") from error
        return begun

    async def prepare(self, inquiry: Inquiry) -> tuple[Begun, bytes]:
        """Return the request for the client to carry to the region itself."""
        return await self._prepare(inquiry, carried=True)

    async def _prepare(self, inquiry: Inquiry, *, carried: bool) -> tuple[Begun, bytes]:
        begun = await self.beginnings.begin(
            jurisdiction=inquiry.region,
            method=METHOD,
            purpose=inquiry.purpose,
            asked_by=inquiry.asked_by,
            office=inquiry.office,
        )
        question = Question(
            identifiers=inquiry.identifiers,
            fields=inquiry.fields,
            case_commitment=commit_to_case(self.beginnings.salt(begun.id), begun.id.bytes),
            purpose=inquiry.purpose,
            legal_basis=inquiry.legal_basis,
        )
        asked = await self._request(begun.id, question, inquiry.region)
        await asyncio.to_thread(
            self.beginnings.record.ask,
            begun.id,
            region=inquiry.region,
            fields=inquiry.fields,
            sent=tuple(inquiry.identifiers),
            legal_basis=inquiry.legal_basis,
            nonce=asked.request.nonce.hex(),
            case_commitment=question.case_commitment.hex(),
            request_digest=sha256(asked.token).hexdigest(),
            identifiers_digest=self.beginnings.digest(begun.id, inquiry.identifiers),
            carried=carried,
        )
        return begun, asked.token

    async def _request(self, id: UUID, question: Question, region: str) -> Asked:
        """Return the request for `region`; a verification that may not ask it has failed."""
        random = self.beginnings.random
        try:
            return self.asker.ask(
                question, region, now=self.beginnings.clock(), cti=random(16), nonce=random(16)
            )
        except IdentityError as error:
            await self.beginnings.fail(id, error.reason)
            if isinstance(error, NotAgreed):
                raise
            raise ProviderUnavailable(f"{region} cannot be asked") from error

    async def _look_up(self, home: Answerer, inquiry: Inquiry) -> Begun:
        begun = await self.beginnings.begin(
            jurisdiction=inquiry.region,
            method=COUNTER,
            purpose=inquiry.purpose,
            asked_by=inquiry.asked_by,
            office=inquiry.office,
        )
        compared = await home.register.compare(inquiry.identifiers, inquiry.fields)
        if any(compared.answers.get(name) is not Answer.MATCH for name in inquiry.fields):
            await self.beginnings.fail(begun.id, "no_match")
            return begun
        identity = VerifiedIdentity(
            jurisdiction=inquiry.region,
            method=COUNTER,
            account=home.pseudonym(inquiry.region, inquiry.identifiers),
            assured=at_our_window(compared, inquiry.region, self.beginnings.clock()),
            claims={
                name: inquiry.identifiers[name]
                for name in inquiry.fields
                if name in inquiry.identifiers
            },
        )
        await self.answers.succeed(begun.id, identity, ())
        return begun
