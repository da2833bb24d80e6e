"""iAM Smart as a provider with a page of its own.

The person goes to `page` and comes back with a code; one who cancelled comes back
without, and with an `error_code` instead. Nothing here remembers a person, and no
access token outlives the request it was given for.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

from aiohttp import ClientSession

from adapters.hk.callbacks import CallbackReader
from adapters.hk.channel import Channel, declined
from adapters.hk.content_key import ContentKeys
from adapters.hk.messages import Begun, CodeForToken, SigningAck, Token
from adapters.hk.pages import first_page, second_page
from adapters.hk.requests import PATHS, request_for
from adapters.hk.settings import IamSmartSettings
from adapters.hk.signature import issuers_from, write_digest
from adapters.hk.signing_code import signing_code
from adapters.hk.transport import Sleep, Transport
from adapters.hk.wire import CANCELLED
from identity.errors import VerificationDeclined
from identity.model import (
    Assurance,
    Document,
    Grant,
    Profile,
    Scope,
    Signed,
    SteppedUp,
)


class IamSmart:
    """The port `HostedProvider`, spoken to iAM Smart on behalf of one service."""

    jurisdiction = "CN-HK"
    method = "iamsmart"

    def __init__(
        self,
        settings: IamSmartSettings,
        session: ClientSession,
        *,
        clock: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        transport = Transport(
            settings, session, clock=clock, random_bytes=random_bytes, sleep=sleep
        )
        keys = ContentKeys(settings, transport, clock)
        issuers = issuers_from(settings.signature_issuers)
        options = settings.options
        self._settings = settings
        self._clock = clock
        self._callbacks = CallbackReader(settings.credentials, options, keys, issuers, clock)
        self._channel = Channel(
            transport,
            keys,
            stale_key_codes=options.stale_key_codes,
            random_bytes=random_bytes,
        )

    def page(self, *, state: str, language: str, scope: Scope = Scope.PROFILE) -> str:
        """Return where to send the person; `state` comes back with them."""
        return first_page(self._settings, state=state, language=language, scope=scope)

    async def redeem(self, code: str) -> Grant:
        """Exchange `code`; iAM Smart takes each code once and only for a short while."""
        token = await self._channel.ask("/auth/getToken", CodeForToken(code=code), Token)
        in_person = token.user_type in self._settings.options.in_person_user_types
        return Grant(
            account=token.open_id,
            access_token=token.access_token,
            granted_at=self._clock(),
            assurance=Assurance.IN_PERSON if in_person else Assurance.REMOTE,
        )

    async def request(
        self,
        grant: Grant,
        scope: Scope,
        *,
        transaction: str,
        document: Document | None = None,
    ) -> str | None:
        """Ask for what `scope` gives, and return a second page if there is one to visit."""
        settings = self._settings
        message = request_for(
            scope, settings, grant, transaction=transaction, document=document
        )
        begun = await self._channel.ask(PATHS[scope], message, Begun)
        if begun.auth_by_qr != settings.options.second_page_by_qr or not begun.ticket_id:
            return None
        return second_page(settings, state=transaction, scope=scope, ticket=begun.ticket_id)

    def declined(self, code: str | None) -> VerificationDeclined:
        """Return how somebody said no who came back with this `error_code`, or with none."""
        return declined(code or CANCELLED)

    def digits(self, grant: Grant, document: Document) -> str | None:
        """Return the four digits that the app shows for this document as well."""
        options = self._settings.options
        if not options.signing_code:
            return None
        return signing_code(write_digest(document.digest, options.hash_code), grant.account)

    def read_callback(
        self, headers: Mapping[str, str], body: bytes
    ) -> Profile | SteppedUp | Signed:
        """Open a callback; see `CallbackReader` for what is left to the caller."""
        return self._callbacks.read(headers, body)

    async def acknowledge(self, signed: Signed) -> None:
        """Tell iAM Smart that the signature was recorded; it may be told again."""
        message = SigningAck(
            business_id=signed.transaction,
            signing_result=self._settings.options.signing_result,
        )
        await self._channel.tell("/account/signing/ackResult", message)
