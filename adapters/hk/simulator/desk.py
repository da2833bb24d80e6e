"""What the simulator knows and gives out: content key, codes, tokens and tickets.

A code is good once and briefly, as the real one is; that is what clients get wrong.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from adapters.hk.messages import Request, SigningRequest
from adapters.hk.options import HashCode
from adapters.hk.signature import read_digest
from adapters.hk.simulator.people import Resident
from adapters.hk.simulator.shelf import Shelf
from adapters.hk.simulator.signatory import Signatory
from adapters.hk.simulator.switches import Switches
from adapters.hk.wire import KEY_LENGTH, SKEW, Credentials
from adapters.hk.wrapping import RsaPadding

R = TypeVar("R", bound=Request, covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorSettings:
    """The one client the simulator serves, and how long things last."""

    credentials: Credentials
    public_key: RSAPublicKey = field(repr=False)
    rsa_padding: RsaPadding = RsaPadding.OAEP_SHA256
    hash_code: HashCode = HashCode.BASE64
    redirect_prefix: str = "http://127.0.0.1:"
    code_life: timedelta = timedelta(seconds=60)
    token_life: timedelta = timedelta(minutes=10)
    key_life: timedelta = timedelta(days=1)
    slow_seconds: float = 15.0
    late_seconds: float = 90.0


@dataclass(frozen=True, slots=True)
class Consent:
    """Who signed in, and which scopes they let the service have."""

    resident: Resident
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Task(Generic[R]):
    """A request that one person has to answer, or answered when they signed in."""

    asked: R
    consent: Consent


class Desk:
    """Gives out codes, tokens and the content key, and remembers them a while."""

    def __init__(
        self,
        settings: SimulatorSettings,
        *,
        clock: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.sleep = sleep
        self.settings = settings
        self.clock = clock
        self.random_bytes = random_bytes
        self.switches = Switches()
        self.signatory = Signatory(clock)
        self.acknowledged = Shelf[str](settings.token_life, clock=clock)
        self._tasks = Shelf[Task[Request]](settings.token_life, clock=clock)
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

    def withdraw_key(self) -> None:
        """Let the content key be good no more; whoever seals with it is told."""
        self._key_made_at = self.clock() - self.settings.key_life

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

    def ticket_for(self, task: Task[Request]) -> str:
        """Return a ticket under which a person finds what they are asked."""
        ticket = self.random_bytes(16).hex()
        self._tasks.put(ticket, task)
        return ticket

    def task(self, ticket: str) -> Task[Request] | None:
        """Return what waits under `ticket`."""
        return self._tasks.get(ticket)

    def close_task(self, ticket: str) -> Task[Request] | None:
        """Return what waits under `ticket`, which is answered now."""
        return self._tasks.take(ticket)

    def digest_of(self, asked: SigningRequest) -> bytes:
        """Return the digest that is to be signed, or raise `WireError`."""
        return read_digest(asked.hash_code, self.settings.hash_code)

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
