"""Who is asking: a verified session or a key becomes an actor, and nothing else does."""

import asyncio
from functools import lru_cache
from uuid import UUID

from aiohttp import web

from identity.claims import Session
from identity.errors import TokenRefused
from identity.http import SESSION
from identity.mandate_http import mandate_of
from identity.sessions import MOST, Sessions
from ledger.actor import Actor, Channel, Role
from ledger.http import ACTOR, MANDATES, VERIFICATION
from rest import Unauthenticated
from service.revoking import is_ended
from service.staff_keys import STAFF_KEY, STAFF_KEYS, is_key, session_of

_SCHEME = "bearer "


async def recognise(request: web.Request, sessions: Sessions, authorization: str) -> None:
    """Put into `request` who is asking, by the session or the key it brings.

    Raises `Unauthenticated`, and `NotAllowed` where what a session rests on has ended.
    """
    if authorization[: len(_SCHEME)].lower() != _SCHEME:
        raise Unauthenticated("only `Authorization: Bearer ...` is understood")
    bearer = authorization[len(_SCHEME) :].strip()
    if is_key(bearer):
        session = await _of_key(request, sessions, bearer)
    else:
        session = _read(sessions, bearer)
        _check_standing(request, session)
        if not _is_leaving(request):
            await check_mandate(request.app, session)
    request[SESSION] = session
    request[ACTOR] = actor_of(session)
    if session.verification is not None:
        request[VERIFICATION] = UUID(session.verification)


def actor_of(session: Session) -> Actor:
    """Return the actor a session speaks for, or raise `Unauthenticated`."""
    subject, authority = session.subject, session.authority
    principal = session.principal or authority or subject
    try:
        return _actor(
            session.role, subject, principal, session.channel, authority, session.item
        )
    except ValueError as error:
        raise Unauthenticated("this session has a role or channel nobody knows") from error


async def check_mandate(app: web.Application, session: Session) -> None:
    """Raise `NotAllowed` where the authority that a session rests on has ended."""
    mandate = mandate_of(session.scopes)
    if mandate is not None:
        person, enterprise = session.subject, session.principal or ""
        check = app[MANDATES].check
        await asyncio.to_thread(check, mandate, person=person, enterprise=enterprise)


@lru_cache(maxsize=MOST)
def _actor(
    role: str,
    id: str,
    principal: str,
    channel: str,
    authority: str | None,
    item: str | None,
) -> Actor:
    return Actor(
        role=Role(role),
        id=id,
        principal=principal,
        channel=Channel(channel),
        authority=authority,
        item=item,
    )


def _check_standing(request: web.Request, session: Session) -> None:
    """Raise `Unauthenticated` for a session that was ended."""
    if is_ended(request.app, session):
        raise Unauthenticated("this session was ended; get another")


def _is_leaving(request: web.Request) -> bool:
    """Tell whether all that is asked is to log out: that is open to every session."""
    return (request.method, request.path) == ("DELETE", "/v1/session")


async def _of_key(request: web.Request, sessions: Sessions, shown: str) -> Session:
    """Return what a key is as good as, or raise `Unauthenticated`."""
    now = sessions.clock()
    key = await asyncio.to_thread(request.app[STAFF_KEYS].find, shown, now)
    if key is None:
        raise Unauthenticated("this key does not count, or not any more; have another issued")
    request[STAFF_KEY] = key
    return session_of(key, issuer=sessions.issuer, now=now)


def _read(sessions: Sessions, bearer: str) -> Session:
    try:
        return sessions.read(bearer)
    except TokenRefused as error:
        raise Unauthenticated("this session does not hold; get another") from error
