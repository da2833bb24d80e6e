"""Acting for an enterprise over HTTP: one request, and a session that acts for it.

Why it was refused is one word. The session names its mandate, which is looked up
each time it is used: an agent's authority ends on its day.
"""

from dataclasses import dataclass, field
from typing import Annotated, Final
from uuid import UUID

import msgspec
from aiohttp import web

from identity.answers import Acting
from identity.binding_http import own_session
from identity.claims import Session
from identity.document_fields import checked_number
from identity.documents import Document
from identity.enterprise import NUMBERS, Capacity, Enterprise, Mandate
from identity.http import SESSIONS
from identity.mandate import Acting as Acted
from identity.mandate import MandateDesk
from identity.sessions import SCOPES, Sessions
from rest import BadRequest, Forbidden, json_body, json_response, operation

MANDATE_DESK = web.AppKey("mandate_desk", MandateDesk)
MANDATE: Final = "mandate:"
"""What the scope of a session begins with that names the mandate it was opened under."""

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActForEnterprise:
    """Say which enterprise one acts for, as what, and for an agent in which matter."""

    document_type: Document
    number: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] = field(repr=False)
    capacity: Capacity
    item: str | None = None


@routes.post("/v1/verifications/enterprises")
@operation(body=ActForEnterprise, answers={201: Acting})
async def act_for(request: web.Request) -> web.Response:
    """Have it verified that the person may act for an enterprise, and let them."""
    session = own_session(request)
    body = await json_body(request, ActForEnterprise)
    if body.document_type not in NUMBERS:
        known = " or ".join(NUMBERS)
        raise BadRequest(f"an enterprise is known by its {known}", field="$.document_type")
    number = checked_number(body.document_type, body.number, field="$.number")
    if session.verification is None:
        raise Forbidden("a session from a verification is needed")
    acting = await request.app[MANDATE_DESK].act_for(
        session.subject,
        UUID(session.verification),
        Enterprise(document=body.document_type, number=number),
        body.capacity,
        body.item,
    )
    if acting.mandate is None:
        shown = {"id": acting.id, "status": "refused", "reason": acting.refused}
    else:
        item = body.item if acting.mandate.scope else None
        shown = {
            "id": acting.id,
            "status": "confirmed",
            "enterprise": acting.enterprise,
            **_told(acting.mandate),
            "capacity": body.capacity,
            **_opened(request.app[SESSIONS], session, acting, item),
        }
    return json_response(shown, status=201)


def mandate_of(scopes: tuple[str, ...]) -> UUID | None:
    """Return the mandate that a session with these scopes was opened under, if any."""
    for scope in scopes:
        if scope.startswith(MANDATE):
            return UUID(scope.removeprefix(MANDATE))
    return None


def _opened(
    sessions: Sessions, own: Session, acting: Acted, item: str | None
) -> dict[str, object]:
    """Open a session in which whoever has `own` acts for the enterprise."""
    token, expires_at = sessions.open(
        subject=own.subject,
        role="agent",
        channel=own.channel,
        assurance=own.assurance,
        principal=acting.enterprise,
        verification=own.verification,
        item=item,
        scopes=(*SCOPES, f"{MANDATE}{acting.id}"),
    )
    return {"session": token, "session_expires_at": expires_at}


def _told(mandate: Mandate) -> dict[str, object]:
    return {
        "scope": mandate.scope,
        "until": mandate.until,
        "method": mandate.method,
        "source_as_of": mandate.source_as_of,
    }
