"""Keys of departments' systems over HTTP: taken as sessions are, listed and revoked.

They are issued at the command line only: whoever could have one made over HTTP could
make themselves into any role.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, TypedDict

import msgspec
from aiohttp import web

from identity.assurance import of_staff
from identity.claims import Session
from ledger.http import actor_of
from ledger.http.parameters import known_query
from ledger.staff_keys import PREFIX, StaffKey, StaffKeys
from rest import json_body, json_response, operation

STAFF_KEYS = web.AppKey("staff_keys", StaffKeys)
STAFF_KEY = web.RequestKey("staff_key", StaffKey)
"""What a request was asked with, where that is a key and no session."""

Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]

routes = web.RouteTableDef()


class ShownKey(TypedDict):
    """What is known of a key; the key itself is shown to nobody again."""

    key: str
    holder: str
    role: str
    authority: str | None
    scopes: list[str]
    issued_at: Moment
    expires_at: Moment
    revoked_at: Moment | None


class ShownKeys(TypedDict):
    """Every key there ever was."""

    keys: list[ShownKey]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeKey:
    """Why a key is to count no more."""

    reason: Literal["compromised", "fraud", "mistaken", "superseded", "asked-for"]


@routes.get("/v1/staff-keys")
@operation(answers={200: ShownKeys})
async def show_keys(request: web.Request) -> web.Response:
    """Show every key that departments' systems sign in with."""
    known_query(request)
    keys = await asyncio.to_thread(request.app[STAFF_KEYS].all)
    return json_response({"keys": list(keys.values())})


@routes.post("/v1/staff-keys/{key}/revocations")
@operation(body=RevokeKey, answers={200: ShownKey})
async def revoke_key(request: web.Request) -> web.Response:
    """Let a key count no more, on every server of the log."""
    body = await json_body(request, RevokeKey)
    keys, actor = request.app[STAFF_KEYS], actor_of(request)
    id = request.match_info["key"]
    revoked = await asyncio.to_thread(keys.revoke, id, reason=body.reason, actor=actor)
    return json_response(revoked)


def is_key(bearer: str) -> bool:
    """Tell whether what was sent is to be read as a key."""
    return bearer.startswith(PREFIX)


def key_of(request: web.Request) -> str | None:
    """Return the id of the key that a request was asked with; `None` with a session."""
    return request[STAFF_KEY].key if STAFF_KEY in request else None


def still_counts(request: web.Request) -> bool:
    """Tell whether the key that a request was asked with was not revoked meanwhile."""
    key = request[STAFF_KEY].key
    return request.app[STAFF_KEYS].all()[key].revoked_at is None


def session_of(key: StaffKey, *, issuer: str, now: datetime) -> Session:
    """Return the session that a key is as good as, for one request."""
    return Session(
        issuer=issuer,
        subject=key.holder,
        audience=issuer,
        issued_at=now,
        expires_at=key.expires_at,
        cti=bytes.fromhex(key.key).rjust(16, b"\0"),
        role=key.role,
        scopes=key.scopes,
        assurance=of_staff(now),
        channel="system" if key.authority is None else "window",
        authority=key.authority,
    )
