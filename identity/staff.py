"""Signing in those who work here: at their own provider, and back in the same browser.

What was begun is kept by the browser, sealed, for ten minutes: so nobody takes room here who
only begins. It counts once: a state that comes twice, in another browser or at another
server is one that we did not begin.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Final

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

import cose
from identity.base64url import decoded, encoded
from identity.errors import CallbackRefused, VerificationDeclined
from identity.ports import ProvenStaff, StaffProvider

PATIENCE: Final = timedelta(minutes=10)
_MOST: Final = 100_000
"""So many states are known to be used; beyond them the provider alone counts codes once."""
_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What a browser is sent away with: the provider's page, and what it keeps meanwhile."""

    page: str
    browser: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pending:
    state: str
    nonce: str
    verifier: str
    grant: str | None
    until: int


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
        self._box = SecretBox(random(SecretBox.KEY_SIZE))
        self._used: dict[str, int] = {}

    async def begin(self, grant: str | None) -> SignIn:
        """Return where to go; with `grant`, to come back as one of several that one may be.

        Raises `ProviderUnavailable`.
        """
        state, nonce, verifier = (self._text() for _ in range(3))
        challenge = encoded(sha256(verifier.encode()).digest())
        page = await self._provider.page(state=state, nonce=nonce, challenge=challenge)
        until = int((self._clock() + PATIENCE).timestamp())
        kept = cose.encode([state, nonce, verifier, grant, until])
        sealed = self._box.encrypt(kept, self._random(SecretBox.NONCE_SIZE))
        return SignIn(page=page, browser=encoded(sealed))

    async def returned(
        self, query: Mapping[str, str], browser: str | None
    ) -> tuple[ProvenStaff, str | None]:
        """Return who came back, and as what they wanted to.

        Raises `CallbackRefused` for what we did not begin in this browser, or begun too
        long ago; `VerificationDeclined`, `TokenRefused` and `ProviderUnavailable`.
        """
        # 1. The state is one of ours, of this browser, and counts once (RFC 9700, 4.7.1).
        pending, now = self._opened(browser), self._clock().timestamp()
        if not compare_digest(pending.state.encode(), query.get("state", "").encode()):
            raise CallbackRefused("state: not that of this browser")
        if now >= pending.until:
            raise CallbackRefused("state: begun too long ago")
        self._use(pending, now)
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
        return encoded(self._random(_BYTES))

    def _opened(self, browser: str | None) -> _Pending:
        """Return what the browser kept for us; nobody else makes what opens."""
        try:
            sealed = decoded(browser or "")
            kept: Any = cose.decode(self._box.decrypt(sealed))
        except (CryptoError, ValueError) as error:
            raise CallbackRefused("state: not begun here, or not in this browser") from error
        state, nonce, verifier, grant, until = kept
        return _Pending(state=state, nonce=nonce, verifier=verifier, grant=grant, until=until)

    def _use(self, pending: _Pending, now: float) -> None:
        """Let a state count; raises `CallbackRefused` where it did before."""
        if pending.state in self._used:
            raise CallbackRefused("state: it came before")
        # They came in about the order in which they end.
        while self._used and (
            len(self._used) >= _MOST or next(iter(self._used.values())) <= now
        ):
            del self._used[next(iter(self._used))]
        self._used[pending.state] = pending.until
