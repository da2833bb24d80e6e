"""Taking what a region answered: once, and only what echoes what was asked.

An answer that does not hold, or comes again, is refused and recorded.
"""

import asyncio
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from identity.asking import Asker, Expected, identity_in
from identity.beginnings import Beginnings
from identity.claims import Assertion
from identity.errors import CallbackRefused, IdentityError, TokenRefused, VerificationDeclined
from identity.model import VerifiedIdentity
from identity.record import Recorded
from identity.refusals import step_of
from identity.verifier import ASSERTION, Verified

REFUSALS = 16
"""So many refusals are recorded with one verification; after them it is refused in silence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionAnswers:
    """Takes answers of regions, brought by us or by a client."""

    beginnings: Beginnings
    asker: Asker
    pseudonym: Callable[[str, str, str], str]

    async def offer(
        self, id: UUID, claim: str, answer: bytes, identifiers: Mapping[str, str]
    ) -> None:
        """Take the answer that a client brings; the first that holds counts.

        Raises `TokenRefused` for any other, which is recorded, and `CallbackRefused`
        for what belongs to no request that was carried.
        """
        verification = await self.beginnings.claimed(id, claim)
        asked = verification.asked
        if asked is None or not asked.carried:
            raise CallbackRefused("no request was given out to be carried")
        if not hmac.compare_digest(
            self.beginnings.digest(id, identifiers), asked.identifiers_digest
        ):
            raise CallbackRefused("these are not the identifiers the region was asked about")
        try:
            if verification.is_over:
                raise TokenRefused("replay: this verification is over")
            await self.take(verification, answer, identifiers)
        except TokenRefused as error:
            await self.refuse(verification, answer, error)
            raise

    async def take(
        self, verification: Recorded, answer: bytes, identifiers: Mapping[str, str]
    ) -> None:
        """Record what `answer` says, if it is the first; raises `TokenRefused`."""
        expected, now = _expected(verification), self.beginnings.clock()
        verified: Verified[Assertion] = self.asker.check(expected, answer, now=now)
        try:
            identity = identity_in(verified.claims, identifiers)
        except VerificationDeclined:
            recorded = await asyncio.to_thread(
                self.beginnings.record.fail_first,
                verification.id,
                reason="no_match",
                once=verified.once,
            )
        else:
            status = verified.claims.status
            recorded = await self.succeed(
                verification.id,
                identity,
                verified.once,
                None if status is None else (status.uri, status.index),
                assertion=answer,
                salt=self.beginnings.salt(verification.id),
            )
        if not recorded:
            raise TokenRefused("replay: this answer, or another, was taken before")

    async def succeed(
        self,
        id: UUID,
        identity: VerifiedIdentity,
        once: tuple[str, ...],
        status: tuple[str, int] | None = None,
        *,
        assertion: bytes = b"",
        salt: bytes = b"",
    ) -> bool:
        """Record who it is, and tell whether this was the first to."""
        return await asyncio.to_thread(
            self.beginnings.record.succeed_first,
            id,
            subject=self.pseudonym(identity.jurisdiction, identity.method, identity.account),
            assured=identity.assured,
            claims=identity.claims,
            once=once,
            status=status,
            assertion=assertion,
            salt=salt,
        )

    async def refuse(self, verification: Recorded, answer: bytes, error: IdentityError) -> None:
        """Record that an answer was refused, unless that was recorded too often."""
        if verification.refusals >= REFUSALS:
            return
        await asyncio.to_thread(
            self.beginnings.record.refuse,
            issuer=verification.jurisdiction,
            typ=ASSERTION.typ,
            step=step_of(error),
            digest=sha256(answer).hexdigest(),
            verification=verification.id,
        )


def _expected(verification: Recorded) -> Expected:
    asked = verification.asked
    if asked is None:
        raise CallbackRefused("nothing was asked of a region")
    return Expected(
        region=asked.region,
        nonce=bytes.fromhex(asked.nonce),
        case_commitment=bytes.fromhex(asked.case_commitment),
        purpose=verification.purpose,
        request_digest=bytes.fromhex(asked.request_digest),
        fields=tuple(asked.fields),
    )
