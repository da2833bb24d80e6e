"""What a provider sends about a person, taken once: a profile, a step-up or a signature.

It is what was asked for, about an account that was authenticated before, or it is
refused.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from identity.assurance import by_step_up
from identity.beginnings import Beginnings
from identity.errors import CallbackRefused, IdentityError, VerificationDeclined
from identity.model import Assured, Profile, Scope, Signed, SteppedUp
from identity.ports import HostedProvider
from identity.record import Recorded

_log = logging.getLogger("tongban.identity")


async def take_callback(
    provider: HostedProvider,
    beginnings: Beginnings,
    headers: Mapping[str, str],
    body: bytes,
    *,
    method: str,
    now: datetime,
) -> None:
    """Record what came of the verification it names; raises `CallbackRefused`.

    It has to have begun with `method`, the name this provider has here.
    """
    try:
        answer = provider.read_callback(headers, body)
    except VerificationDeclined as error:
        if error.transaction is None:
            raise CallbackRefused("the refusal names no transaction") from error
        id = _id(error.transaction)
        verification = await beginnings.known_with(method, id)
        await beginnings.fail(verification.id, error.reason)
        return
    verification = await beginnings.known_with(method, _id(answer.transaction))
    if verification.subject is None or verification.assured is None:
        raise CallbackRefused("an answer came before its account was authenticated")
    if Scope(verification.scope) not in _ANSWERS[type(answer)]:
        raise CallbackRefused("no such answer was asked for")
    assured = Assured.of(verification.assured)
    if isinstance(answer, Signed):
        await _sign(provider, beginnings, verification, verification.subject, assured, answer)
        return
    if isinstance(answer, SteppedUp):
        assured = by_step_up(assured, min(answer.at, now))
    await asyncio.to_thread(
        beginnings.record.succeed,
        verification.id,
        subject=verification.subject,
        assured=assured,
        claims=answer.claims if isinstance(answer, Profile) else {},
        once=(f"callback:{answer.transaction}",),
    )


async def _sign(
    provider: HostedProvider,
    beginnings: Beginnings,
    verification: Recorded,
    subject: str,
    assured: Assured,
    signed: Signed,
) -> None:
    if signed.digest.hex() != verification.document_digest:
        raise CallbackRefused("another document was signed than the one asked for")
    await asyncio.to_thread(
        beginnings.record.sign,
        verification.id,
        subject=subject,
        assured=assured,
        digest=signed.digest.hex(),
        signature=signed.signature,
        signed_at=signed.at,
        once=(f"callback:{signed.transaction}",),
    )
    try:
        await provider.acknowledge(signed)
    except IdentityError as error:
        # What was signed stays signed; the provider only does not know that we have it.
        _log.warning("a signature could not be acknowledged: %s", type(error).__name__)


def _id(transaction: str) -> UUID:
    try:
        return UUID(hex=transaction)
    except ValueError as error:
        raise CallbackRefused("the callback names no transaction of ours") from error


_ANSWERS: Mapping[type[Profile | SteppedUp | Signed], frozenset[Scope]] = {
    Profile: frozenset({Scope.PROFILE, Scope.FORM_FILLING}),
    SteppedUp: frozenset({Scope.STEP_UP}),
    Signed: frozenset({Scope.SIGNING}),
}
