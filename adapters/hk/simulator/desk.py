"""What the simulator knows and gives out: content key, codes and tokens.

A code is good once and briefly, as the real one is; that is what clients get wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from adapters.hk.simulator.people import Resident
from adapters.hk.simulator.shelf import Shelf
from adapters.hk.wire import KEY_LENGTH, SKEW, Credentials, RsaPadding


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorSettings:
    """The one client the simulator serves, and how long things last."""

    credentials: Credentials
    public_key: RSAPublicKey = field(repr=False)
    rsa_padding: RsaPadding = RsaPadding.OAEP_SHA256
    redirect_prefix: str = "http://127.0.0.1:"
    code_life: timedelta = timedelta(seconds=60)
    token_life: timedelta = timedelta(minutes=10)
    key_life: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Consent:
    """Who signed in, and whether they let the service have their profile."""

    resident: Resident
    shares_profile: bool


class Desk:
    """Gives out codes, tokens and the content key, and remembers them a while."""

    def __init__(
        self,
        settings: SimulatorSettings,
        *,
        clock: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.random_bytes = random_bytes
        self._codes = Shelf[Consent](settings.code_life, clock=clock)
        self._tokens = Shelf[Consent](settings.token_life, clock=clock)
        self._nonces = Shelf[bool](2 * SKEW, clock=clock, size=10_000)
        self._key = random_bytes(KEY_LENGTH)
        self._key_made_at = clock()

    def content_key(self) -> tuple[bytes, datetime]:
        """Return the content key and when it was made; an old one gives way to a new."""
        if self.clock() >= self._key_made_at + self.settings.key_life:
            self._key, self._key_made_at = self.random_bytes(KEY_LENGTH), self.clock()
        return self._key, self._key_made_at

    def code_for(self, consent: Consent) -> str:
        """Return a fresh code for what a person just agreed to."""
        code = self.random_bytes(16).hex()
        self._codes.put(code, consent)
        return code

    def token_for(self, code: str) -> tuple[str, Consent] | None:
        """Return a token for `code`, the first time and while it lasts."""
        consent = self._codes.take(code)
        if consent is None:
            return None
        token = self.random_bytes(16).hex()
        self._tokens.put(token, consent)
        return token, consent

    def consent(self, token: str) -> Consent | None:
        """Return what `token` stands for, while it lasts."""
        return self._tokens.get(token)

    def is_new(self, nonce: str) -> bool:
        """Tell whether `nonce` was not seen lately, and remember that it now was."""
        seen = self._nonces.get(nonce)
        self._nonces.put(nonce, True)
        return seen is None

    def may_send_to(self, uri: str) -> bool:
        """Tell whether `uri` is where this client may have people and profiles sent."""
        prefix = self.settings.redirect_prefix
        plain = uri.isascii() and uri.isprintable() and not set(uri) & set(" \\#")
        try:
            target = urlsplit(uri)
        except ValueError:
            return False
        # The prefix may end inside the authority, so the host itself must be the same.
        same_host = target.hostname == urlsplit(prefix).hostname
        return plain and uri.startswith(prefix) and same_host


DESK = web.AppKey("desk", Desk)
