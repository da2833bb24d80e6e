"""The way of a verification on a provider's page: begun, sent there, returned, called back.

Nothing is kept here. What must be remembered is in the record, so any server
process can go on, and what must happen once is consumed with the entry that
says it did.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from identity.assurance import by_page
from identity.base64url import decoded
from identity.beginnings import Beginnings, Begun, is_digest_of
from identity.callback import take_callback
from identity.errors import CallbackRefused, ProviderUnavailable, VerificationDeclined
from identity.model import Document, Grant, Scope
from identity.ports import HostedProvider
from identity.record import Recorded

_log = logging.getLogger("tongban.identity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """How a person goes on who came back: to a second page, or with a code to tell.

    `digits` are to be compared with those in the provider's app. Where the provider
    `was_away`, nothing goes on, and the person has to begin again.
    """

    page: str | None = None
    code: str | None = field(default=None, repr=False)
    digits: str | None = field(default=None, repr=False)
    was_away: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationDesk:
    """Runs verifications with hosted providers.

    `pseudonym` names an account of a provider in the ledger: always the same
    name, from which the account cannot be told.
    """

    beginnings: Beginnings
    providers: Mapping[str, HostedProvider]
    clock: Callable[[], datetime]
    pseudonym: Callable[[str, str, str], str]
    refused: Counter[str] = field(default_factory=Counter)
    """How many callbacks of each method were refused since the start."""

    async def begin(
        self,
        method: str,
        *,
        purpose: str,
        language: str,
        scope: Scope = Scope.PROFILE,
        about: str | None = None,
        case_id: UUID | None = None,
        document_digest: str | None = None,
    ) -> Begun:
        """Begin with a hosted provider; the person is to go to the page.

        Whoever comes back has to be `about`, where that is given.
        """
        provider = self.providers[method]
        begun = await self.beginnings.begin(
            jurisdiction=provider.jurisdiction,
            method=method,
            purpose=purpose,
            scope=scope,
            about=about,
            case_id=case_id,
            document_digest=document_digest,
        )
        page = provider.page(state=begun.state, language=language, scope=scope)
        return replace(begun, page=page)

    async def returned(
        self,
        method: str,
        *,
        state: str,
        code: str | None,
        browsers: Mapping[str, str],
        error_code: str | None = None,
    ) -> Return:
        """Take back a person from the provider's page, in a browser that keeps `browsers`.

        Raises `CallbackRefused` for a state we never gave out. A code is
        redeemed once: the state is consumed with the entry that says so. A provider
        that is away before that is `ProviderUnavailable`, and the person may come back
        again; one that is away after it ends the verification.
        """
        provider, verification = self.providers[method], await self._of_state(method, state)
        once = f"state:{state}"
        if code is None:
            return await self._failed(verification, provider.declined(error_code).reason, once)
        try:
            grant = await provider.redeem(code)
        except VerificationDeclined as error:
            return await self._failed(verification, error.reason, once)
        subject = self.pseudonym(provider.jurisdiction, method, grant.account)
        if verification.about not in (None, subject):
            return await self._failed(verification, "another_person", once)
        same_browser = _is_same(verification, browsers)
        await asyncio.to_thread(
            self.beginnings.record.authenticate,
            verification.id,
            subject=subject,
            assured=by_page(grant, provider.jurisdiction),
            same_browser=same_browser,
            once=(once,),
        )
        to_tell = None if same_browser else self.code(verification.id)
        return await self._ask(provider, verification, grant, to_tell)

    async def _ask(
        self,
        provider: HostedProvider,
        verification: Recorded,
        grant: Grant,
        to_tell: str | None,
    ) -> Return:
        """Ask for what the person came for: once, as the code of their account is used up."""
        document = _document(verification)
        try:
            page = await provider.request(
                grant,
                Scope(verification.scope),
                transaction=verification.id.hex,
                document=document,
            )
        except VerificationDeclined as error:
            return await self._failed(verification, error.reason)
        except ProviderUnavailable as error:
            return await self._failed(verification, error.reason, was_away=True)
        digits = None if document is None else provider.digits(grant, document)
        return Return(page=page, code=to_tell, digits=digits)

    async def _failed(
        self, verification: Recorded, reason: str, *once: str, was_away: bool = False
    ) -> Return:
        await self.beginnings.fail(verification.id, reason, *once)
        return Return(was_away=was_away)

    def code(self, id: UUID) -> str:
        """Return the code for whoever came back in another browser than the one that began."""
        return self.beginnings.code(id)

    async def called_back(self, method: str, headers: Mapping[str, str], body: bytes) -> None:
        """Take what a provider sends about a person; raises `CallbackRefused`.

        One that is refused is told to our log and counted, as whoever waits for it hears
        nothing.
        """
        provider, now = self.providers[method], self.clock()
        try:
            await take_callback(
                provider, self.beginnings, headers, body, method=method, now=now
            )
        except CallbackRefused as error:
            self.refused[method] += 1
            _log.warning("a callback of %s was refused: %s", method, error)
            raise

    async def _of_state(self, method: str, state: str) -> Recorded:
        try:
            id = UUID(bytes=decoded(state)[:16])
        except ValueError as error:
            raise CallbackRefused("the state is not one of ours") from error
        verification = await self.beginnings.known_with(method, id)
        if not is_digest_of(state, verification.state_digest):
            raise CallbackRefused("the state is not one of ours")
        return verification


def _is_same(verification: Recorded, browsers: Mapping[str, str]) -> bool:
    kept = browsers.get(browser_name(verification.id))
    digest = verification.browser_digest
    return kept is not None and digest is not None and is_digest_of(kept, digest)


def browser_name(id: UUID) -> str:
    """Return under which name a browser keeps that it began this verification."""
    return f"tongban-{id.hex}"


def _document(verification: Recorded) -> Document | None:
    """Return what is to be signed; its name is the item's, never a text of the caller's."""
    if verification.document_digest is None:
        return None
    return Document(
        digest=bytes.fromhex(verification.document_digest), name=verification.purpose
    )
