"""Verification over HTTP: begin, the provider's callbacks, and collecting the result.

Only whoever began a verification holds the secret that collects it, and only the
browser that began it comes back without a code: a page sent to somebody else is of
no use to its sender. Nothing personal is ever in a URL.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal, TypedDict
from uuid import UUID

import msgspec
from aiohttp import web

from identity import answers
from identity.beginnings import LIFETIME, Begun
from identity.claims import Session
from identity.desk import VerificationDesk, browser_name
from identity.model import Assured, Scope
from identity.record import Recorded
from identity.returned_page import PAGE_HEADERS, page_for
from identity.sessions import Sessions
from rest import (
    ABOUT,
    HTML,
    JSON,
    TEXT,
    BadRequest,
    Forbidden,
    Unauthenticated,
    count_address,
    json_body,
    json_response,
    operation,
    path_id,
)

DESK = web.AppKey("desk", VerificationDesk)
SECURE = web.AppKey("secure", bool)
"""Whether browsers reach us by https, so that what they keep may go no other way."""
PURPOSES = web.AppKey("purposes", frozenset[str])
"""What a person may be asked to prove who they are for; it is written in clear for ever."""
SESSIONS = web.AppKey("sessions", Sessions)
SESSION = web.RequestKey("session", Session)
OpensNoMore = Callable[[Recorded], Awaitable[bool]]
OPENS_NO_MORE: web.AppKey[OpensNoMore] = web.AppKey("opens_no_more")
"""Says whether the session that a verification gave was left, or its person's all ended."""

CALLBACKS = "/v1/verifications/callbacks"
Purpose = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
Code = Annotated[str, msgspec.Meta(max_length=16)]

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginVerification:
    """Prove who you are on a provider's own page, or what `scope` names.

    To sign, name the case and the SHA-256 of the wording of its item's commitment.
    """

    method: str
    purpose: Purpose
    language: Literal["zh-Hans", "zh-Hant", "en"] = "zh-Hant"
    scope: Scope = Scope.PROFILE
    case_id: UUID | None = None
    document_digest: Digest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectResult:
    """The secret a verification began with, and the code, where one was shown."""

    claim: str = field(repr=False)
    code: Code | None = field(default=None, repr=False)


_REFUSED_PAGE = dict.fromkeys((400, 403, 404, 409, 422, 429, 503), HTML)


class Returned(TypedDict, total=False):
    """What the provider's page sends a person back with."""

    state: str
    code: str
    error_code: str


@routes.post("/v1/verifications")
@operation(body=BeginVerification, answers={201: answers.Begun})
async def begin(request: web.Request) -> web.Response:
    """Begin with a hosted provider; go to the page that is answered, in this browser."""
    count_address(request)
    body = await json_body(request, BeginVerification)
    require_purpose(request, body.purpose)
    desk = request.app[DESK]
    if body.method not in desk.providers:
        known = ", ".join(sorted(desk.providers)) or "none is configured"
        raise BadRequest(f"no such method here; known: {known}", field="$.method")
    _check_signing(body)
    begun = await desk.begin(
        body.method,
        purpose=body.purpose,
        language=body.language,
        scope=body.scope,
        about=None if body.scope is Scope.PROFILE else _require_applicant(request),
        case_id=body.case_id,
        document_digest=body.document_digest,
    )
    response = show_begun(begun)
    response.set_cookie(
        browser_name(begun.id),
        begun.browser,
        max_age=int(LIFETIME.total_seconds()),
        path=CALLBACKS,
        secure=request.app[SECURE],
        httponly=True,
        samesite="Lax",
    )
    return response


@routes.get("/v1/verifications/callbacks/{method}")
@operation(query=Returned, answers={200: HTML, 303: TEXT, **_REFUSED_PAGE})
async def returned(request: web.Request) -> web.Response:
    """Take back a person whom the provider's page sent here."""
    method = _method(request)
    state = request.query.get("state", "")
    back = await request.app[DESK].returned(
        method,
        state=state,
        code=request.query.get("code"),
        browsers=request.cookies,
        error_code=request.query.get("error_code"),
    )
    if back.page is not None and back.code is None and back.digits is None:
        raise web.HTTPSeeOther(back.page)
    return web.Response(
        text=page_for(back),
        status=503 if back.was_away else 200,
        content_type="text/html",
        headers=PAGE_HEADERS,
    )


@routes.post("/v1/verifications/callbacks/{method}")
@operation(body=JSON, answers={200: answers.CalledBack})
async def called_back(request: web.Request) -> web.Response:
    """Take a provider's callback: a profile, a step-up or a signature."""
    method = _method(request)
    await request.app[DESK].called_back(method, request.headers, await request.read())
    return json_response({"code": "D00000", "message": "SUCCESS"})


@routes.post("/v1/verifications/{id}/result")
@operation(body=CollectResult, answers={200: answers.Collected})
async def collect(request: web.Request) -> web.Response:
    """Collect what came of a verification: a session, once it succeeded."""
    body = await json_body(request, CollectResult)
    beginnings = request.app[DESK].beginnings
    verification = await beginnings.collect(id_of(request), body.claim, body.code)
    if verification.succeeded and await request.app[OPENS_NO_MORE](verification):
        return json_response({"status": "ended"}, Cache_Control="no-store")
    if verification.succeeded and verification.subject is not None:
        request[ABOUT] = verification.subject
    return json_response(_result(request, verification), Cache_Control="no-store")


def show_begun(begun: Begun, **more: object) -> web.Response:
    """Answer whoever began; nobody else may see or keep this."""
    return json_response(
        {
            "id": begun.id,
            "page": begun.page,
            "claim": begun.claim,
            "expires_at": begun.expires_at,
            **more,
        },
        status=201,
        Location=f"/v1/verifications/{begun.id}/result",
        Cache_Control="no-store",
    )


def require_purpose(request: web.Request, purpose: str) -> None:
    """Refuse a text of the caller's own, which might say something of a person."""
    if purpose not in request.app[PURPOSES]:
        raise BadRequest(
            "the id of a service item, as /v1/items lists them, please", field="$.purpose"
        )


def id_of(request: web.Request) -> UUID:
    """Return the verification that the path names."""
    return path_id(request, "id", "a verification")


def _check_signing(body: BeginVerification) -> None:
    """Refuse what is signed where nothing is, and nothing where something is to be."""
    signs = body.scope is Scope.SIGNING
    for name in ("case_id", "document_digest"):
        if (getattr(body, name) is not None) != signs:
            raise BadRequest("for signing, and for nothing else", field=f"$.{name}")


def _result(request: web.Request, verification: Recorded) -> dict[str, object]:
    sessions, assured = request.app[SESSIONS], verification.assured
    expired = sessions.clock() >= verification.expires_at
    if verification.failed == "expired" or (expired and verification.failed is None):
        return {"status": "expired"}
    if verification.failed is not None:
        return {"status": "failed", "reason": verification.failed}
    if not verification.succeeded or verification.subject is None or assured is None:
        return {"status": "pending"}
    told = Assured.of(assured)
    shown: dict[str, object] = {
        "status": "succeeded",
        "scope": verification.scope,
        "jurisdiction": verification.jurisdiction,
        "method": verification.method,
        "assurance": told.level,
        "assured": told,
    }
    match Scope(verification.scope):
        case Scope.SIGNING:
            return {**shown, "document_digest": verification.document_digest}
        case Scope.FORM_FILLING:
            claims = verification.claims
            return {**shown, "claims": claims if isinstance(claims, Mapping) else {}}
        case _:
            return {**shown, **_session(sessions, verification, verification.subject, told)}


def _session(
    sessions: Sessions, verification: Recorded, subject: str, assured: Assured
) -> dict[str, object]:
    """Open a session: the person's own, or a clerk's for the person and this one matter."""
    clerk = verification.asked_by
    token, expires_at = sessions.open(
        subject=clerk or subject,
        role="applicant" if clerk is None else "agent",
        channel="portal" if clerk is None else "window",
        assurance=assured,
        authority=verification.office,
        principal=subject,
        verification=str(verification.id),
        item=None if clerk is None else verification.purpose,
    )
    return {"session": token, "session_expires_at": expires_at}


def _require_applicant(request: web.Request) -> str:
    """Return whose session it is; who steps up, signs or has a form filled is known."""
    session: Session | None = request.get(SESSION)
    if session is None:
        raise Unauthenticated("an applicant's session is needed; verify who you are first")
    if session.role != "applicant":
        raise Forbidden("only applicants themselves step up, sign and have forms filled")
    return session.principal or session.subject


def _method(request: web.Request) -> str:
    method = request.match_info["method"]
    if method not in request.app[DESK].providers:
        raise web.HTTPNotFound
    return method
