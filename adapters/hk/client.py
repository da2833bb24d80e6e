"""iAM Smart as a provider with a page of its own.

The person goes to `page` and comes back with a code; one who cancelled comes back
without, and with an `error_code` instead. Nothing here remembers a person.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urlencode

from aiohttp import ClientSession

from adapters.hk import wire
from adapters.hk.channel import Channel, declined
from adapters.hk.messages import (
    CodeForToken,
    ProfileBegun,
    ProfileContent,
    ProfileRequest,
    Token,
)
from adapters.hk.profile import claims
from adapters.hk.settings import IamSmartSettings
from adapters.hk.wire import Result, WireError
from identity.errors import CallbackRefused, ProviderUnavailable
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
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._channel = Channel(settings, session, clock=clock, random_bytes=random_bytes)

    def page(self, *, state: str, language: str, scope: Scope = Scope.PROFILE) -> str:
        """Return the URL of the hosted page; `state` comes back with the person."""
        return self._page(state, language, ticket="")

    async def redeem(self, code: str) -> Grant:
        """Exchange `code`; iAM Smart takes each code once and only for a short while."""
        token = await self._channel.ask("/auth/getToken", CodeForToken(code=code), Token)
        in_person = token.user_type in self._settings.in_person_user_types
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
        """Ask for the profile, and return a second page if the person must visit one."""
        if scope is not Scope.PROFILE:
            raise ProviderUnavailable(f"iAM Smart is not asked for {scope} yet")
        request = ProfileRequest(
            business_id=transaction,
            access_token=grant.access_token,
            open_id=grant.account,
            source=self._settings.source,
            redirect_uri=self._settings.profile_uri,
            state=transaction,
            profile_fields=self._settings.profile_fields,
        )
        path = "/account/auth/profile/initiateRequest"
        begun = await self._channel.ask(path, request, ProfileBegun)
        if not begun.auth_by_qr:
            return None
        return self._page(transaction, language="", ticket=begun.ticket_id)

    async def acknowledge(self, signed: Signed) -> None:
        """Tell iAM Smart that the signature arrived."""

    def read_callback(
        self, headers: Mapping[str, str], body: bytes
    ) -> Profile | SteppedUp | Signed:
        """Open a profile callback; nothing is parsed before its signature is checked.

        Whether we began the transaction, and it was not answered before, is for the
        caller to say.
        """
        try:
            # 1. It is no longer than such a message can be.
            if len(body) > wire.MAX_BODY:
                raise WireError("it is too long")

            # 2. iAM Smart signed these headers and this body for us, just now.
            wire.check(headers, body, self._settings.credentials, now=self._clock())

            # 3. Its content opens, with its own content key or the one we hold.
            result = wire.decode(body, Result[str])
            content = self._channel.open(result, ProfileContent)

            # 4. It answers one transaction.
            transaction = content.business_id
            if not transaction or content.state not in (None, transaction):
                raise WireError("it does not name one transaction")

            # 5. The person agreed, and what they share is well-formed.
            if result.code != wire.OK:
                raise declined(result.code, transaction)
            return Profile(transaction=transaction, claims=claims(content))
        except WireError as error:
            raise CallbackRefused(f"iAM Smart's callback was refused: {error}") from error

    def _page(self, state: str, language: str, *, ticket: str) -> str:
        query = {
            "clientID": self._settings.client_id,
            "responseType": "code",
            "source": self._settings.source,
            "redirectURI": self._settings.redirect_uri,
            "scope": self._settings.scope,
            "state": state,
            "lang": _LANGUAGES.get(language, "zh-HK"),
            "brokerPage": str(self._settings.broker_page).lower(),
            "ticketID": ticket,
        }
        return f"{self._settings.base_url}{wire.API}/auth/getQR?{urlencode(query)}"


_LANGUAGES = {
    "en": "en-US",
    "en-US": "en-US",
    "en-HK": "en-US",
    "zh-Hans": "zh-CN",
    "zh-CN": "zh-CN",
}
