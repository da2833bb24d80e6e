"""Bindings over HTTP: the words, agreeing to them, what is bound, and unlinking.

They are for the person alone. Why nothing was bound is one word, so that nobody
learns from the register of permits what they did not know.
"""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from aiohttp import web

from identity.answers import Binding, Bindings, Wordings
from identity.binding import BindingDesk, Bound, Consent
from identity.binding_wording import TEXTS, VERSION, digest
from identity.claims import Session
from identity.document_fields import checked_number
from identity.documents import Document
from identity.http import SESSION
from rest import (
    BadRequest,
    Forbidden,
    Unauthenticated,
    json_body,
    json_response,
    operation,
    path_id,
)

BINDING_DESK = web.AppKey("binding_desk", BindingDesk)

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True, kw_only=True)
class BindPermit:
    """Agree, in these words, to have this permit checked and bound."""

    permit: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] = field(repr=False)
    wording: int
    language: Literal["zh-Hans", "zh-Hant", "en"]
    digest: str


@routes.get("/v1/bindings/wording")
@operation(answers={200: Wordings})
async def show_wording(request: web.Request) -> web.Response:
    """Show the words that have to be agreed to, each with its digest."""
    del request
    texts = {
        language: {"text": text, "digest": digest(language)} for language, text in TEXTS.items()
    }
    return json_response({"version": VERSION, "texts": texts})


@routes.post("/v1/me/bindings")
@operation(body=BindPermit, answers={201: Binding})
async def bind(request: web.Request) -> web.Response:
    """Bind a Mainland Travel Permit to the account of whoever asks."""
    session = own_session(request)
    body = await json_body(request, BindPermit)
    permit = checked_number(Document.MAINLAND_TRAVEL_PERMIT, body.permit, field="$.permit")
    if (body.wording, body.digest) != (VERSION, digest(body.language)):
        raise BadRequest("another wording than /v1/bindings/wording has now", field="$.digest")
    if session.verification is None:
        raise Forbidden("a session from a verification is needed")
    bound = await request.app[BINDING_DESK].bind(
        session.subject,
        UUID(session.verification),
        permit=permit,
        consent=Consent(wording=body.wording, language=body.language, digest=body.digest),
    )
    return json_response(_shown(bound), status=201)


@routes.get("/v1/me/bindings")
@operation(answers={200: Bindings})
async def show(request: web.Request) -> web.Response:
    """Show a person their bindings, those that were refused and unlinked too."""
    bindings = await request.app[BINDING_DESK].all(own_session(request).subject)
    return json_response({"bindings": [_shown(bound) for bound in bindings]})


@routes.delete("/v1/me/bindings/{id}")
@operation(answers={204: None})
async def unlink(request: web.Request) -> web.Response:
    """End a binding; what was handled before stays as it is."""
    session = own_session(request)
    id = path_id(request, "id", "a binding")
    await request.app[BINDING_DESK].unlink(session.subject, id)
    return web.Response(status=204)


def own_session(request: web.Request) -> Session:
    """Return the session of a person who acts for themselves, or refuse."""
    session: Session | None = request.get(SESSION)
    if session is None:
        raise Unauthenticated("a session from a verification is needed")
    if session.role != "applicant" or session.principal not in (None, session.subject):
        raise Forbidden("this is for the person themselves")
    return session


def _shown(bound: Bound) -> Any:
    permit = bound.permit if isinstance(bound.permit, str) else None
    return {**msgspec.to_builtins(bound), "permit": permit}
