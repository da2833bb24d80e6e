"""Signing in over HTTP for those who work here: to their provider, and back with a session.

Nothing in the request says where to go afterwards, so nobody is sent elsewhere from here.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Annotated, Final, NotRequired, TypedDict

import msgspec
from aiohttp import ClientSession, web

from adapters.oidc import OidcClient, OidcSettings
from identity.assurance import of_provider
from identity.errors import CallbackRefused, TokenRefused
from identity.http import SECURE, SESSIONS
from identity.ports import ProvenStaff
from identity.returned_page import HEAD, PAGE_HEADERS
from identity.staff import PATIENCE, StaffDesk
from identity.staff_grants import Grant, Grants
from ledger.actor import Role
from ledger.catalogue import Catalogue
from ledger.http.parameters import known_query
from rest import HTML, TEXT, BadRequest, asks_for, count_address, json_response, operation
from service.edge import Edge
from service.grants import check_grants
from service.policy import scopes_of

COOKIE: Final = "tongban_staff"
PATH: Final = "/v1/staff"
_LONGEST_GRANT: Final = 256
CALLBACK: Final = f"{PATH}/callback"
routes = web.RouteTableDef()
_log = logging.getLogger("tongban.staff")


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSignIn:
    """Who signs in here, at which provider, and what each may be."""

    desk: StaffDesk
    grants: Grants
    issuer: str

    async def returned(
        self, query: Mapping[str, str], browser: str | None
    ) -> tuple[ProvenStaff, str, Grant]:
        """Return who came back, their number and what they are; why not is told to our log.

        Raises as `StaffDesk.returned` does. An operator finds there what they are to
        change; whoever signs in is told no more than that it does not do.
        """
        try:
            proven, wanted = await self.desk.returned(query, browser)
            return proven, *self.grants.of(proven.claims, wanted)
        except (TokenRefused, CallbackRefused) as error:
            _log.warning("a sign-in of somebody who works here was refused: %s", error)
            raise


STAFF_SIGN_IN: web.AppKey[StaffSignIn | None] = web.AppKey("staff_sign_in")


class AskedAs(TypedDict, total=False):
    """As which of several things somebody may be, by the provider's word for it."""

    grant: str


class Returned(TypedDict, total=False):
    """What a provider sends somebody back with (OpenID Connect Core 1.0, 3.1.2.5)."""

    state: str
    code: str
    iss: str
    scope: str
    session_state: str
    error: str
    error_description: str
    error_uri: str


class StaffSession(TypedDict):
    """A session of somebody who works here."""

    session: str
    session_expires_at: Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
    role: str
    authority: NotRequired[str | None]


@routes.get("/v1/staff/sign-in")
@operation(query=AskedAs, answers={303: TEXT})
async def sign_in(request: web.Request) -> web.Response:
    """Send somebody who works here to their provider's page; they come back with a session."""
    count_address(request)
    known_query(request, *AskedAs.__annotations__)
    grant = request.query.get("grant")
    if grant is not None and len(grant) > _LONGEST_GRANT:
        raise BadRequest(f"{_LONGEST_GRANT} characters at most", field="?grant")
    begun = await _offered(request).desk.begin(grant)
    response = web.Response(status=303, headers={"Location": begun.page, **_NOBODY_KEEPS})
    response.set_cookie(
        COOKIE,
        begun.browser,
        max_age=int(PATIENCE.total_seconds()),
        path=PATH,
        secure=request.app[SECURE],
        httponly=True,
        samesite="Lax",
    )
    return response


@routes.get(CALLBACK)
@operation(query=Returned, answers={200: (StaffSession, HTML)})
async def called_back(request: web.Request) -> web.Response:
    """Take back whom the provider sends, and give them a session, as JSON or on a page."""
    known_query(request, *Returned.__annotations__)
    offered = _offered(request)
    browser = request.cookies.get(COOKIE)
    proven, number, grant = await offered.returned(request.query, browser)
    role = Role(grant.role)
    token, expires_at = request.app[SESSIONS].open(
        subject=number,
        role=role,
        channel="system" if grant.authority is None else "window",
        assurance=of_provider(offered.issuer, proven.authenticated_at),
        authority=grant.authority,
        scopes=grant.scopes or scopes_of(role),
    )
    if asks_for(request, HTML):
        page = HEAD + _PAGE.format(token=escape(token))
        response = web.Response(text=page, content_type=HTML, headers=PAGE_HEADERS)
    else:
        shown = {
            "session": token,
            "session_expires_at": expires_at,
            "role": role,
            "authority": grant.authority,
        }
        response = json_response(shown, Cache_Control="no-store")
    response.del_cookie(COOKIE, path=PATH)
    return response


def open_staff_sign_in(
    app: web.Application,
    settings: OidcSettings | None,
    grants: Grants | None,
    *,
    catalogue: Catalogue,
    client: ClientSession,
    edge: Edge,
) -> None:
    """Offer signing in, where a provider is configured."""
    app[STAFF_SIGN_IN] = None
    if settings is None or grants is None:
        return
    check_grants(grants.grants, set(catalogue.authorities))
    provider = OidcClient(settings, client, edge.clock)
    desk = StaffDesk(provider, clock=edge.clock, random=edge.random)
    app[STAFF_SIGN_IN] = StaffSignIn(desk=desk, grants=grants, issuer=settings.issuer)


def _offered(request: web.Request) -> StaffSignIn:
    offered = request.app[STAFF_SIGN_IN]
    if offered is None:
        raise web.HTTPNotFound
    return offered


_NOBODY_KEEPS: Final = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
_PAGE: Final = """<p>您已登入。您已登录。You are signed in. Keep this session to yourself:</p>
<p><code>{token}</code></p>
"""
