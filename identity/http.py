"""Verification over HTTP: begin, the provider's callbacks, and collecting the result.

Only whoever began a verification holds the secret that collects it; nothing
personal is ever in a URL or in an answer.
"""

from dataclasses import dataclass, field
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from aiohttp import web

from identity.claims import Session
from identity.desk import Begun, VerificationDesk
from identity.document_fields import checked_identifiers
from identity.ports import Recorded
from identity.sessions import Sessions
from rest import BadRequest, Forbidden, Unauthenticated, json_body, json_response

DESK = web.AppKey("desk", VerificationDesk)
PURPOSES = web.AppKey("purposes", frozenset[str])
"""What a person may be asked to prove who they are for; it is written in clear for ever."""
SESSIONS = web.AppKey("sessions", Sessions)
SESSION = web.RequestKey("session", Session)

Purpose = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
LegalBasis = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
Name = Literal["birth_date", "document_number", "document_type", "gender", "name_en", "name_zh"]
"""What may be asked about a person; a request token holds all of it at its longest."""
Believed = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginVerification:
    """Prove who you are on a provider's own page."""

    method: str
    purpose: Purpose
    language: Literal["zh-Hans", "zh-Hant", "en"] = "zh-Hant"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRegion:
    """Let the home region of someone at the window confirm who they are, field by field."""

    region: str
    purpose: Purpose
    legal_basis: LegalBasis
    identifiers: Annotated[dict[Name, Believed], msgspec.Meta(min_length=1)] = field(repr=False)
    fields: frozenset[Name] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectResult:
    """The secret a verification began with."""

    claim: str = field(repr=False)


@routes.post("/v1/verifications")
async def begin(request: web.Request) -> web.Response:
    """Begin with a hosted provider; go to the page that is answered."""
    body = await json_body(request, BeginVerification)
    _require_purpose(request, body.purpose)
    desk = request.app[DESK]
    if body.method not in desk.providers:
        known = ", ".join(sorted(desk.providers)) or "none is configured"
        raise BadRequest(f"no such method here; known: {known}", field="$.method")
    return _begun(await desk.begin(body.method, purpose=body.purpose, language=body.language))


@routes.post("/v1/verifications/regions")
async def ask_region(request: web.Request) -> web.Response:
    """Have a partner region asked; the result can be collected at once.

    The session is the clerk's, as the agent of whoever stands at the window.

    For window clerks, who have the person and the document before them: to know
    somebody's number proves nothing.
    """
    clerk = _require_window(request)
    body = await json_body(request, AskRegion)
    _require_purpose(request, body.purpose)
    desk = request.app[DESK]
    if body.region not in desk.partners:
        known = ", ".join(sorted(desk.partners)) or "none is configured"
        raise BadRequest(f"no such partner region; known: {known}", field="$.region")
    return _begun(
        await desk.ask(
            body.region,
            identifiers=checked_identifiers(body.identifiers, field="$.identifiers"),
            fields=tuple(sorted(body.fields or body.identifiers)),
            purpose=body.purpose,
            legal_basis=body.legal_basis,
            asked_by=clerk,
        )
    )


@routes.get("/v1/verifications/callbacks/{method}")
async def returned(request: web.Request) -> web.Response:
    """Take back a person whom the provider's page sent here."""
    method = _method(request)
    state = request.query.get("state", "")
    second = await request.app[DESK].returned(
        method, state=state, code=request.query.get("code")
    )
    if second is not None:
        raise web.HTTPSeeOther(second)
    return web.Response(text=_RETURNED, content_type="text/html", headers=_PAGE_HEADERS)


@routes.post("/v1/verifications/callbacks/{method}")
async def profiled(request: web.Request) -> web.Response:
    """Take a provider's profile callback."""
    method = _method(request)
    await request.app[DESK].profiled(method, request.headers, await request.read())
    return json_response({"code": "D00000", "message": "SUCCESS"})


@routes.post("/v1/verifications/{id}/result")
async def collect(request: web.Request) -> web.Response:
    """Collect what came of a verification: a session, once it succeeded."""
    body = await json_body(request, CollectResult)
    verification = await request.app[DESK].collect(_id(request), body.claim)
    return json_response(_result(request, verification), Cache_Control="no-store")


def _result(request: web.Request, verification: Recorded) -> dict[str, object]:
    sessions = request.app[SESSIONS]
    if verification.failed is not None:
        return {"status": "failed", "reason": verification.failed}
    if sessions.clock() >= verification.expires_at:
        return {"status": "expired"}
    if not verification.succeeded or verification.subject is None:
        return {"status": "pending"}
    clerk = verification.asked_by
    token, expires_at = sessions.open(
        subject=clerk or verification.subject,
        role="applicant" if clerk is None else "agent",
        channel="portal" if clerk is None else "window",
        assurance=verification.assurance,
        principal=verification.subject,
        verification=str(verification.id),
    )
    return {
        "status": "succeeded",
        "jurisdiction": verification.jurisdiction,
        "method": verification.method,
        "assurance": verification.assurance,
        "session": token,
        "session_expires_at": expires_at,
    }


def _begun(begun: Begun) -> web.Response:
    return json_response(
        {
            "id": begun.id,
            "page": begun.page,
            "claim": begun.claim,
            "expires_at": begun.expires_at,
        },
        status=201,
        Location=f"/v1/verifications/{begun.id}/result",
        Cache_Control="no-store",
    )


def _require_purpose(request: web.Request, purpose: str) -> None:
    """Refuse a text of the caller's own, which might say something of a person."""
    if purpose not in request.app[PURPOSES]:
        raise BadRequest(
            "the id of a service item, as /v1/items lists them, please", field="$.purpose"
        )


def _require_window(request: web.Request) -> str:
    """Return which clerk is asking."""
    session: Session | None = request.get(SESSION)
    if session is None:
        raise Unauthenticated("a window clerk's session is needed")
    if session.role != "clerk":
        raise Forbidden("only a window clerk asks a partner region")
    return session.subject


def _method(request: web.Request) -> str:
    method = request.match_info["method"]
    if method not in request.app[DESK].providers:
        raise web.HTTPNotFound
    return method


def _id(request: web.Request) -> UUID:
    try:
        return UUID(request.match_info["id"])
    except ValueError as error:
        raise BadRequest("this is not the id of a verification", field="id") from error


_PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'",
    "Referrer-Policy": "no-referrer",
}

_RETURNED = """<!doctype html>
<html lang="zh-Hant"><meta charset="utf-8"><title>Tongban 通辦</title>
<p>身分核驗已返回，請回到申請頁面。</p>
<p>身份核验已返回，请回到申请页面。</p>
<p>You are back; please return to your application.</p>
"""
