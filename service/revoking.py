"""Logging out, and revoking: sessions that end early, tokens that count no more.

A session that was ended is refused by every server of the log; the server that
was asked to end it does so before it answers.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Literal

import msgspec
from aiohttp import web

from identity.claim_values import StatusReference
from identity.claims import Session
from identity.documents import Document, format_valid
from identity.http import OPENS_NO_MORE, SESSION, OpensNoMore
from identity.record import Recorded
from identity.sessions import SESSION_LIST, index_of
from identity.status_http import OWN_LISTS, OwnLists
from ledger.actor import Actor
from ledger.application import Ledger
from ledger.ended_sessions import EndedSessions
from ledger.entry import Entry
from ledger.errors import CommandRejected, NotAllowed
from ledger.http import LEDGER, actor_of
from ledger.revocations import Revocations, place_of
from ledger.subject_events import Standing
from rest import BadRequest, json_body, json_response, operation
from service.answers import Revoked
from service.region import Region
from service.staff_keys import STAFF_KEY

REVOCATIONS = web.AppKey("revocations", Revocations)
ENDED = web.AppKey("ended", EndedSessions)

Reason = Literal["compromised", "fraud", "mistaken", "superseded", "asked-for"]
SessionId = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=512)]
_PERSON = re.compile(r"subject:[0-9a-f]{32}")
_STAFF = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""As `tongban session` takes the number of somebody in an office."""
_NUMBERED = (Document.RESIDENT_IDENTITY, Document.MAINLAND_TRAVEL_PERMIT)

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoke:
    """What is to count no more: a session, all sessions of somebody, or a token."""

    reason: Reason
    session: SessionId | None = None
    subject: Text | None = None
    list: Text | None = None
    index: Annotated[int, msgspec.Meta(ge=0)] | None = None


@routes.delete("/v1/session")
@operation(answers={204: None})
async def log_out(request: web.Request) -> web.Response:
    """End the session that this is asked with, and have no other from what gave it."""
    actor, session = actor_of(request), request[SESSION]
    if STAFF_KEY in request:
        raise NotAllowed("a key is no session; an operator revokes it")
    await asyncio.to_thread(
        request.app[REVOCATIONS].end_session,
        session.cti.hex(),
        reason="logged-out",
        actor=actor,
        verification=session.verification,
    )
    await asyncio.to_thread(request.app[ENDED].catch_up)
    return web.Response(status=204)


@routes.post("/v1/revocations")
@operation(body=Revoke, answers={201: Revoked})
async def revoke(request: web.Request) -> web.Response:
    """Let an operator revoke a token, end a session, or end all of somebody's."""
    actor = actor_of(request)
    body = await json_body(request, Revoke)
    entry = await asyncio.to_thread(_revoke, request.app, body, actor)
    await asyncio.to_thread(request.app[ENDED].catch_up)
    return json_response({"event": entry.name, "position": entry.position}, status=201)


def open_revoking(
    app: web.Application,
    ledger: Ledger,
    *,
    region: Region,
    address: str,
    clock: Callable[[], datetime],
) -> None:
    """Put into `app` what ends sessions and revokes tokens; `address` is of our lists."""
    app[REVOCATIONS] = Revocations(ledger)
    app[ENDED] = EndedSessions(ledger)
    app[OPENS_NO_MORE] = opens_no_more(app)
    app[OWN_LISTS] = OwnLists(
        address=address,
        revoked=partial(revoked_of, app),
        signer=region.own.signing("region"),
        clock=clock,
    )


def lists_at(public_url: str) -> str:
    """Return where the status lists are of the service at `public_url`."""
    return f"{public_url}/status"


def is_ended(app: web.Application, session: Session) -> bool:
    """Say whether `session` was ended early, itself or with all of its subject's.

    One that is younger than its proof of who they are is as old as that proof.
    """
    subjects = session.subject, session.principal
    since = min(session.issued_at, session.assurance.authenticated_at)
    return app[ENDED].includes(session.cti.hex(), subjects, since)


def opens_no_more(app: web.Application) -> OpensNoMore:
    """Return what says whether a verification's session was left, or its person's all ended.

    What other servers of the log recorded until now counts.
    """

    async def answer(verification: Recorded) -> bool:
        ended, at = app[ENDED], verification.succeeded_at
        await asyncio.to_thread(ended.catch_up)
        subjects = verification.asked_by, verification.subject
        return at is not None and ended.forbids(str(verification.id), subjects, at)

    return answer


def reference_to(address: str, position: int) -> StatusReference:
    """Return where the lists at `address` tell of what was recorded at `position`."""
    name, index = place_of(position)
    return StatusReference(index=index, uri=f"{address}/{name}")


def revoked_of(app: web.Application, name: str) -> frozenset[int] | None:
    """Return the revoked places of the status list `name`, if there is one."""
    if name == SESSION_LIST:
        return frozenset(index_of(bytes.fromhex(each)) for each in app[ENDED].living())
    return app[REVOCATIONS].of_list(name)


def _revoke(app: web.Application, body: Revoke, actor: Actor) -> Entry:
    revocations = app[REVOCATIONS]
    match body:
        case Revoke(session=str(session), subject=None, list=None, index=None):
            return revocations.end_session(session, reason=body.reason, actor=actor)
        case Revoke(session=None, subject=str(subject), list=None, index=None):
            _check_subject(app[LEDGER], subject)
            return revocations.end_sessions_of(subject, reason=body.reason, actor=actor)
        case Revoke(session=None, subject=None, list=str(name), index=int(index)):
            name = name.removeprefix(f"{app[OWN_LISTS].address}/")
            revocations.check_issued(name, index)
            return revocations.revoke(name, index, reason=body.reason, actor=actor)
        case _:
            raise BadRequest("one of `session`, `subject`, or `list` with `index`", field="$")


def _check_subject(ledger: Ledger, subject: str) -> None:
    """Raise `CommandRejected` unless this names somebody we know, or could work here.

    It stands in the log for ever, so a person's name or number never gets there.
    """
    if _PERSON.fullmatch(subject):
        known = ledger.keys.key(subject) is not None
        if known or ledger.standing(subject) is not Standing.FREE:
            return
    elif _STAFF.fullmatch(subject) and not _is_document(subject.upper()):
        return
    raise CommandRejected(
        "nobody is known by this: give a case's `subject`, or the number of somebody's office"
    )


def _is_document(number: str) -> bool:
    bracketed = f"{number[:-1]}({number[-1:]})"
    return format_valid(Document.HKID, bracketed) or any(
        format_valid(each, number) for each in _NUMBERED
    )
