"""What every verification begins with, and how whoever began it is known again.

Nothing is kept here: state, claim and browser leave as secrets, and the record has
their digests. The code for who came back elsewhere follows from a secret of ours.
"""

import asyncio
import hmac
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID
from weakref import WeakValueDictionary

import cose
from identity.base64url import encoded
from identity.errors import CallbackRefused, CodeNeeded
from identity.model import Scope
from identity.record import Record, Recorded

LIFETIME = timedelta(minutes=15)
_SECRET = 32
_SALT = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A verification under way: where to go, and the secret that collects its result.

    `browser` is for the browser that began to keep, and nobody else.
    """

    id: UUID
    page: str | None
    expires_at: datetime
    claim: str = field(repr=False)
    state: str = field(repr=False)
    browser: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginnings:
    """Begins verifications, and gives them back to whoever began them."""

    record: Record
    clock: Callable[[], datetime]
    random: Callable[[int], bytes] = field(repr=False)
    secret: bytes = field(repr=False)
    _guessing: MutableMapping[UUID, asyncio.Lock] = field(
        default_factory=WeakValueDictionary, repr=False
    )

    async def begin(
        self,
        *,
        jurisdiction: str,
        method: str,
        purpose: str,
        scope: Scope = Scope.PROFILE,
        about: str | None = None,
        case_id: UUID | None = None,
        document_digest: str | None = None,
        asked_by: str | None = None,
        office: str | None = None,
    ) -> Begun:
        """Record that a verification is begun; it ends by itself after `LIFETIME`."""
        id = UUID(bytes=self.random(16), version=4)
        begun = Begun(
            id=id,
            page=None,
            expires_at=self.clock() + LIFETIME,
            claim=encoded(self.random(_SECRET)),
            state=encoded(id.bytes + self.random(_SECRET)),
            browser=encoded(self.random(_SECRET)),
        )
        await asyncio.to_thread(
            self.record.begin,
            id,
            jurisdiction=jurisdiction,
            method=method,
            scope=str(scope),
            purpose=purpose,
            expires_at=begun.expires_at,
            state_digest=digest_of(begun.state),
            claim_digest=digest_of(begun.claim),
            browser_digest=digest_of(begun.browser),
            about=about,
            case_id=case_id,
            document_digest=document_digest,
            asked_by=asked_by,
            office=office,
        )
        return begun

    async def known(self, id: UUID) -> Recorded:
        """Return a verification that we began, or raise `CallbackRefused`."""
        verification = await asyncio.to_thread(self.record.load, id)
        if verification is None:
            raise CallbackRefused("this belongs to no verification that we began")
        return verification

    async def known_with(self, method: str, id: UUID) -> Recorded:
        """Return one that began with this provider; none speaks for another's."""
        verification = await self.known(id)
        if verification.method != method:
            raise CallbackRefused("this verification began with another provider")
        return verification

    async def claimed(self, id: UUID, claim: str) -> Recorded:
        """Return the verification that `claim` collects, or raise `CallbackRefused`.

        One whose time ran out is recorded to be over.
        """
        verification = await self.known(id)
        if not is_digest_of(claim, verification.claim_digest):
            raise CallbackRefused("this is not the secret the verification began with")
        if not verification.is_over and self.clock() >= verification.expires_at:
            await asyncio.to_thread(self.record.expire, id)
            return await self.known(id)
        return verification

    async def collect(self, id: UUID, claim: str, code: str | None) -> Recorded:
        """Return the verification to whoever began it, or raise `CallbackRefused`.

        Where the person came back elsewhere, that is only known by the code they were
        shown there: raises `CodeNeeded` without it. A few wrong ones end it.
        """
        verification = await self.claimed(id, claim)
        if not verification.succeeded or verification.asked_by or verification.same_browser:
            return verification
        if code is None:
            raise CodeNeeded("the page the person came back to shows a code; it is needed here")
        # One at a time: or as many could be tried as come before the first is recorded.
        async with self._guessing.setdefault(id, asyncio.Lock()):
            return await self._guessed(await self.claimed(id, claim), code)

    async def _guessed(self, verification: Recorded, code: str) -> Recorded:
        """Return the verification where `code` is its own, or it is over by now."""
        id = verification.id
        if not verification.succeeded:
            return verification
        if hmac.compare_digest(code.encode(), self.code(id).encode()):
            return verification
        await asyncio.to_thread(self.record.mistake, id)
        again = await self.known(id)
        if again.failed is None:
            raise CodeNeeded("this is not the code the person was shown")
        return again

    async def fail(self, id: UUID, reason: str, *once: str) -> None:
        """Record that no identity was established, for a reason in a word of ours."""
        await asyncio.to_thread(self.record.fail, id, reason=reason, once=once)

    def code(self, id: UUID) -> str:
        """Return the six digits for whoever comes back in another browser."""
        mac = hmac.digest(self.secret, cose.encode(["code", id.bytes]), "sha256")
        return f"{int.from_bytes(mac[:8]) % 1_000_000:06d}"

    def salt(self, id: UUID) -> bytes:
        """Return the salt of the commitment to this verification in what is asked elsewhere."""
        return hmac.digest(self.secret, cose.encode(["salt", id.bytes]), "sha256")[:_SALT]

    def digest(self, id: UUID, identifiers: Mapping[str, str]) -> str:
        """Return what tells, to us alone, whether `identifiers` are those first sent."""
        message = cose.encode(["identifiers", id.bytes, dict(identifiers)])
        return hmac.digest(self.secret, message, "sha256").hex()


def digest_of(text: str) -> str:
    """Return the SHA-256 of a secret, for the record."""
    return sha256(text.encode()).hexdigest()


def is_digest_of(text: str, digest: str) -> bool:
    """Tell whether `digest` is that of `text`, in constant time."""
    return hmac.compare_digest(digest_of(text), digest)
