"""Signing in those who work here: at their own provider, and back in the same browser.

What was begun is kept here in memory, for ten minutes and once: a state that comes twice,
in another browser or at another server is one that we did not begin.
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from identity.errors import CallbackRefused, VerificationDeclined
from identity.ports import ProvenStaff, StaffProvider

PATIENCE: Final = timedelta(minutes=10)
_MOST: Final = 10_000
_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What a browser is sent away with: the provider's page, and what it keeps meanwhile."""

    page: str
    browser: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pending:
    nonce: str
    verifier: str
    browser: str
    grant: str | None
    until: datetime


class StaffDesk:
    """Begins and ends sign-ins at one `provider`."""

    def __init__(
        self,
        provider: StaffProvider,
        *,
        clock: Callable[[], datetime],
        random: Callable[[int], bytes],
    ) -> None:
        self._provider = provider
        self._clock = clock
        self._random = random
        self._pending: dict[str, _Pending] = {}

    async def begin(self, grant: str | None) -> SignIn:
        """Return where to go; with `grant`, to come back as one of several that one may be.

        Raises `ProviderUnavailable`.
        """
        state, nonce, verifier, browser = (self._text() for _ in range(4))
        challenge = _base64url(sha256(verifier.encode()).digest())
        page = await self._provider.page(state=state, nonce=nonce, challenge=challenge)
        self._forget()
        self._pending[state] = _Pending(
            nonce=nonce,
            verifier=verifier,
            browser=browser,
            grant=grant,
            until=self._clock() + PATIENCE,
        )
        return SignIn(page=page, browser=browser)

    async def returned(
        self, query: Mapping[str, str], browser: str | None
    ) -> tuple[ProvenStaff, str | None]:
        """Return who came back, and as what they wanted to.

        Raises `CallbackRefused` for what we did not begin in this browser, or begun too
        long ago; `VerificationDeclined`, `TokenRefused` and `ProviderUnavailable`.
        """
        # 1. The state is one of ours, of this browser, and counts once (RFC 9700, 4.7.1).
        pending = self._pending.get(query.get("state", ""))
        if pending is None or browser is None or not compare_digest(pending.browser, browser):
            raise CallbackRefused("state: not begun here, or not in this browser")
        del self._pending[query["state"]]
        if self._clock() >= pending.until:
            raise CallbackRefused("state: begun too long ago")
        # 2. It is the provider we sent them to who answers (RFC 9207, 2.4).
        self._provider.check_issuer(query.get("iss"))
        # 3. There is a code, and the provider gives a token that holds for it.
        code = query.get("code")
        if code is None or "error" in query:
            raise VerificationDeclined("declined")
        proven = await self._provider.prove(
            code=code, verifier=pending.verifier, nonce=pending.nonce
        )
        return proven, pending.grant

    def _text(self) -> str:
        return _base64url(self._random(_BYTES))

    def _forget(self) -> None:
        now = self._clock()
        for state in [state for state, each in self._pending.items() if now >= each.until]:
            del self._pending[state]
        while len(self._pending) >= _MOST:
            del self._pending[next(iter(self._pending))]


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
