"""Asking home regions over HTTP, for window clerks who have the person before them.

To know somebody's number proves nothing, so only a clerk asks. With `carry` the
client takes the request to the region itself, and brings back the answer.
"""

from dataclasses import dataclass, field
from typing import Annotated, Literal

import msgspec
from aiohttp import web

from identity.answers import Begun, Taken
from identity.base64url import decoded, encoded
from identity.claims import Session
from identity.document_fields import checked_identifiers
from identity.http import SESSION, Purpose, id_of, require_purpose, show_begun
from identity.region_desk import Inquiry, RegionDesk
from rest import (
    BadRequest,
    Forbidden,
    Unauthenticated,
    count_address,
    json_body,
    json_response,
    operation,
)

REGION_DESK = web.AppKey("region_desk", RegionDesk)

LegalBasis = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
Name = Literal["birth_date", "document_number", "document_type", "gender", "name_en", "name_zh"]
"""What may be asked about a person; a request token holds all of it at its longest."""
Identifiers = dict[Name, str]
Token = Annotated[str, msgspec.Meta(min_length=1, max_length=6000)]

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRegion:
    """Let the home region of someone at the window confirm who they are, field by field."""

    region: str
    purpose: Purpose
    legal_basis: LegalBasis
    identifiers: Identifiers = field(repr=False)
    fields: frozenset[Name] = frozenset()
    carry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferAssertion:
    """The answer of a region, base64url, to the request that was carried to it."""

    claim: str = field(repr=False)
    assertion: Token = field(repr=False)
    identifiers: Identifiers = field(repr=False)


@routes.post("/v1/verifications/regions")
@operation(body=AskRegion, answers={201: Begun})
async def ask_region(request: web.Request) -> web.Response:
    """Have a home region asked, ours or another; the result can be collected at once.

    The session is the clerk's, as the agent of whoever stands at the window.
    """
    clerk = _require_window(request)
    body = await json_body(request, AskRegion)
    require_purpose(request, body.purpose)
    desk = request.app[REGION_DESK]
    if body.region not in desk.regions:
        known = ", ".join(sorted(desk.regions)) or "none is configured"
        raise BadRequest(f"no such region; known: {known}", field="$.region")
    identifiers = checked_identifiers(body.identifiers, field="$.identifiers")
    unbelieved = sorted(body.fields - body.identifiers.keys())
    if unbelieved:
        raise BadRequest(f"no identifier to compare: {unbelieved[0]}", field="$.fields")
    inquiry = Inquiry(
        region=body.region,
        identifiers=identifiers,
        fields=tuple(sorted(body.fields or body.identifiers)),
        purpose=body.purpose,
        legal_basis=body.legal_basis,
        asked_by=clerk.subject,
        office=clerk.authority,
    )
    if not body.carry:
        return show_begun(await desk.ask(inquiry))
    if body.region not in desk.partners:
        raise BadRequest("a request is carried to other regions only", field="$.carry")
    begun, token = await desk.prepare(inquiry)
    return show_begun(begun, request=encoded(token))


@routes.post("/v1/verifications/{id}/assertion")
@operation(body=OfferAssertion, answers={200: Taken})
async def offer_assertion(request: web.Request) -> web.Response:
    """Take the answer that was carried back; the first that holds counts, and no other."""
    count_address(request)
    body = await json_body(request, OfferAssertion)
    await request.app[REGION_DESK].answers.offer(
        id_of(request),
        body.claim,
        _token(body.assertion),
        checked_identifiers(body.identifiers, field="$.identifiers"),
    )
    return json_response({"status": "taken"}, Cache_Control="no-store")


def _token(text: str) -> bytes:
    try:
        return decoded(text)
    except ValueError as error:
        raise BadRequest("base64url, please", field="$.assertion") from error


def _require_window(request: web.Request) -> Session:
    """Return the session of the clerk who is asking."""
    session: Session | None = request.get(SESSION)
    if session is None:
        raise Unauthenticated("a window clerk's session is needed")
    if session.role != "clerk":
        raise Forbidden("only a window clerk asks a region")
    return session
