"""The way of a verification: begun, sent to a provider, returned, and collected.

Nothing is kept here. What must be remembered is in the record, so any server
process can go on, and what must happen once is consumed with the entry that
says it did.
"""

import asyncio
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from identity.asking import METHOD, Asker, Question, commit_to_case
from identity.errors import (
    CallbackRefused,
    IdentityError,
    ProviderUnavailable,
    VerificationDeclined,
)
from identity.model import Profile, Scope
from identity.ports import HostedProvider, PartnerRegion, Record, Recorded

LIFETIME = timedelta(minutes=15)
_SECRET = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A verification under way: where to go, and the secret that collects its result."""

    id: UUID
    page: str | None
    expires_at: datetime
    claim: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationDesk:
    """Runs verifications with hosted providers and partner regions.

    `pseudonym` names an account of a provider in the ledger: always the same
    name, from which the account cannot be told.
    """

    record: Record
    providers: Mapping[str, HostedProvider]
    partners: Mapping[str, PartnerRegion]
    asker: Asker
    clock: Callable[[], datetime]
    random: Callable[[int], bytes]
    pseudonym: Callable[[str, str, str], str]

    async def begin(self, method: str, *, purpose: str, language: str) -> Begun:
        """Begin with a hosted provider; the person is to go to the page."""
        provider = self.providers[method]
        begun, state = await self._begin(provider.jurisdiction, method, purpose)
        page = provider.page(state=state, language=language, scope=Scope.PROFILE)
        return Begun(id=begun.id, page=page, expires_at=begun.expires_at, claim=begun.claim)

    async def ask(
        self,
        region: str,
        *,
        identifiers: Mapping[str, str],
        fields: tuple[str, ...],
        purpose: str,
        legal_basis: str,
        asked_by: str,
    ) -> Begun:
        """Ask a partner region about one of its residents, and record what it answers.

        `asked_by` is the clerk who has the person at the window. Raises
        `ProviderUnavailable` when no answer comes, or none that holds.
        """
        begun, _ = await self._begin(region, METHOD, purpose, asked_by)
        question = Question(
            identifiers=identifiers,
            fields=fields,
            case_commitment=commit_to_case(self.random(16), begun.id.bytes),
            purpose=purpose,
            legal_basis=legal_basis,
        )
        try:
            asked = self.asker.ask(
                question, region, now=self.clock(), cti=self.random(16), nonce=self.random(16)
            )
            answer = await self.partners[region].verify(asked.token)
            answered = self.asker.read(asked, answer, now=self.clock())
        except IdentityError as error:
            await self._fail(begun.id, type(error).__name__)
            raise ProviderUnavailable(f"{region} gave no answer that holds") from error
        try:
            identity = answered.identity()
        except VerificationDeclined:
            await self._fail(begun.id, "no_match", *answered.once)
            return begun
        await asyncio.to_thread(
            self.record.succeed,
            begun.id,
            subject=self.pseudonym(identity.jurisdiction, identity.method, identity.account),
            assurance=int(identity.assurance),
            verified_at=identity.verified_at,
            claims=identity.claims,
            once=answered.once,
        )
        return begun

    async def returned(self, method: str, *, state: str, code: str | None) -> str | None:
        """Take back a person from the provider's page; return a second page if it wants one.

        Raises `CallbackRefused` for a state we never gave out. A code is
        redeemed once: the state is consumed with the entry that says so.
        """
        provider, verification = self.providers[method], await self._of_state(state)
        once = (f"state:{state}",)
        if code is None:
            await self._fail(verification.id, "cancelled", *once)
            return None
        try:
            grant = await provider.redeem(code)
        except VerificationDeclined:
            await self._fail(verification.id, "declined", *once)
            return None
        await asyncio.to_thread(
            self.record.authenticate,
            verification.id,
            subject=self.pseudonym(provider.jurisdiction, method, grant.account),
            assurance=int(grant.assurance),
            verified_at=grant.granted_at,
            once=once,
        )
        return await provider.request(grant, Scope.PROFILE, transaction=verification.id.hex)

    async def profiled(self, method: str, headers: Mapping[str, str], body: bytes) -> None:
        """Take a provider's profile callback; raises `CallbackRefused`."""
        try:
            answer = self.providers[method].read_callback(headers, body)
        except VerificationDeclined as error:
            if error.transaction is None:
                raise CallbackRefused("the refusal names no transaction") from error
            await self._fail((await self._known(_id(error.transaction))).id, "declined")
            return
        if not isinstance(answer, Profile):
            raise CallbackRefused("no such answer was asked for")
        await self._succeed(answer)

    async def collect(self, id: UUID, claim: str) -> Recorded:
        """Return the verification to whoever began it, or raise `CallbackRefused`."""
        verification = await self._known(id)
        if not hmac.compare_digest(_digest(claim), verification.claim_digest):
            raise CallbackRefused("this is not the secret the verification began with")
        return verification

    async def _begin(
        self, jurisdiction: str, method: str, purpose: str, asked_by: str | None = None
    ) -> tuple[Begun, str]:
        id = UUID(bytes=self.random(16), version=4)
        state = _text(id.bytes + self.random(_SECRET))
        begun = Begun(
            id=id,
            page=None,
            expires_at=self.clock() + LIFETIME,
            claim=_text(self.random(_SECRET)),
        )
        await asyncio.to_thread(
            self.record.begin,
            id,
            jurisdiction=jurisdiction,
            method=method,
            purpose=purpose,
            expires_at=begun.expires_at,
            state_digest=_digest(state),
            claim_digest=_digest(begun.claim),
            asked_by=asked_by,
        )
        return begun, state

    async def _of_state(self, state: str) -> Recorded:
        try:
            id = UUID(bytes=urlsafe_b64decode(state + "=" * (-len(state) % 4))[:16])
        except (Base64Error, ValueError) as error:
            raise CallbackRefused("the state is not one of ours") from error
        verification = await self._known(id)
        if not hmac.compare_digest(_digest(state), verification.state_digest):
            raise CallbackRefused("the state is not one of ours")
        return verification

    async def _known(self, id: UUID) -> Recorded:
        verification = await asyncio.to_thread(self.record.load, id)
        if verification is None:
            raise CallbackRefused("this belongs to no verification that we began")
        return verification

    async def _succeed(self, profile: Profile) -> None:
        id = _id(profile.transaction)
        verification = await self._known(id)
        if verification.subject is None or verification.verified_at is None:
            raise CallbackRefused("a profile came before its account was authenticated")
        await asyncio.to_thread(
            self.record.succeed,
            id,
            subject=verification.subject,
            assurance=verification.assurance,
            verified_at=verification.verified_at,
            claims=profile.claims,
            once=(f"profile:{profile.transaction}",),
        )

    async def _fail(self, id: UUID, reason: str, *once: str) -> None:
        await asyncio.to_thread(self.record.fail, id, reason=reason, once=once)


def _id(transaction: str) -> UUID:
    try:
        return UUID(hex=transaction)
    except ValueError as error:
        raise CallbackRefused("the callback names no transaction of ours") from error


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
