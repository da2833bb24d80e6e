"""Cases handed across regions: begun at a window here, or asked of an authority here."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

import msgspec
from aiohttp import web

from ledger.actor import Actor
from ledger.answers.handovers import HandoverAnswer, HandoverPage, ShownHandover
from ledger.errors import CommandRejected, MaterialNotFound, NotAllowed
from ledger.handover.beginning import require_window
from ledger.handover.commands import (
    BeginHandover,
    CorrectHandover,
    GiveOpinion,
    HandoverCommand,
    SupplementHandover,
)
from ledger.handover.handover import Handover
from ledger.handover.handovers import Changed, Handovers
from ledger.handover.listing import HandoverListing, hidden_from, narrowed, require_follower
from ledger.http.freshness import caught_up
from ledger.http.keys import LEDGER, MATERIALS, VERIFICATION, VERIFICATIONS, actor_of
from ledger.http.parameters import (
    command_id,
    expected_version,
    known_query,
)
from ledger.http.questions import Fresh, HandoversAsked
from ledger.http.reading import record_read
from ledger.http.shown import show_entry
from ledger.personal import Hidden
from ledger.projections.handover_list import HandoverList
from ledger.rules import Verified
from rest import json_body, json_response, operation, page_size, paged, path_id, place, tagged

HANDOVERS = web.AppKey("handovers", Handovers)
HANDOVER_LISTING = web.AppKey("handover_listing", HandoverListing)

ACTS: Mapping[str, type[CorrectHandover | SupplementHandover | GiveOpinion]] = {
    "corrections": CorrectHandover,
    "supplements": SupplementHandover,
    "opinions": GiveOpinion,
}
_HANDOVERS = UUID("5f7d1f3e-0f7e-4a55-8b0d-9c1f3c0ca5e6")

routes = web.RouteTableDef()


@routes.post("/v1/handovers")
@operation(body=BeginHandover, given=("handover",), answers={201: HandoverAnswer})
async def begin(request: web.Request) -> web.Response:
    """Take an application for another region's authority (代收代办)."""
    actor = actor_of(request)
    id = command_id(request, actor)
    command = await json_body(request, BeginHandover, handover=uuid5(_HANDOVERS, id.hex))
    changed = await asyncio.to_thread(_given, request, command, actor, id)
    location = f"/v1/handovers/{changed.handover.id}"
    return _answer(changed, status=201, Location=location)


@routes.get("/v1/handovers")
@operation(query=HandoversAsked, answers={200: HandoverPage})
async def list_handovers(request: web.Request) -> web.Response:
    """List the hand-overs one may see, by id; `next` leads on."""
    actor = actor_of(request)
    known_query(request, *HandoversAsked.__annotations__)
    which = replace(
        narrowed(actor),
        status=request.query.get("status"),
        after=place(request, _hex) or "",
        limit=page_size(request),
    )
    await caught_up(request, HandoverList.name)
    rows = await asyncio.to_thread(request.app[HANDOVER_LISTING].page, which)
    following = rows[-1]["id"] if len(rows) == which.limit else None
    return paged(request, {"handovers": rows}, ended=following)


@routes.get("/v1/handovers/{handover_id}")
@operation(query=Fresh, answers={200: ShownHandover})
async def show(request: web.Request) -> web.Response:
    """Show a hand-over, what is recorded of it here, and what became of its messages."""
    known_query(request, *Fresh.__annotations__)
    actor = actor_of(request)
    handover = await asyncio.to_thread(found_handover, request, actor)
    await caught_up(request, HandoverList.name)
    standing = request.app[LEDGER].standing
    hidden = await asyncio.to_thread(hidden_from, actor, handover, standing)
    shown = await asyncio.to_thread(_shown, request, handover, hidden)
    if hidden is None:
        about, item = handover.id, handover.item
        await record_read(request, handover.subject, "hand-over", about=about, purpose=item)
    response = json_response(shown, Cache_Control="private, no-cache")
    # What became of messages changes without another version of the hand-over.
    return tagged(response, version=handover.version)


@routes.post(f"/v1/handovers/{{handover_id}}/{{act:{'|'.join(ACTS)}}}")
@operation(body=ACTS, given=("handover",), if_match=True, answers={200: HandoverAnswer})
async def act(request: web.Request) -> web.Response:
    """Go on with a hand-over: corrected, supplemented, or answered with an opinion."""
    actor = actor_of(request)
    kind = ACTS[request.match_info["act"]]
    await asyncio.to_thread(found_handover, request, actor)
    command = await json_body(request, kind, handover=_id(request))
    id = command_id(request, actor)
    given = await asyncio.to_thread(
        _given, request, command, actor, id, expected=expected_version(request)
    )
    return _answer(given)


def _given(
    request: web.Request,
    command: HandoverCommand,
    actor: Actor,
    id: UUID,
    *,
    expected: int | None = None,
) -> Changed:
    handovers, claims = request.app[HANDOVERS], dict[str, str]()
    subject, verified = actor.principal, None
    if isinstance(command, BeginHandover):
        require_window(actor)
        if not actor.may_touch(command.item):
            raise NotAllowed(f"this session is for {actor.item} alone")
        verified, claims = _verified(request)
    else:
        subject = handovers.find(command.handover).subject
    _require_uploaded(request, subject, command.materials)
    return handovers.give(
        command,
        actor,
        command_id=id,
        verified=verified,
        claims=claims,
        expected_version=expected,
    )


def _verified(request: web.Request) -> tuple[Verified | None, dict[str, str]]:
    """How whoever stands at the window proved who they are, and what of it is known."""
    id = request.get(VERIFICATION)
    found = None if id is None else request.app[VERIFICATIONS].load(id)
    if id is None or found is None or not found.succeeded or found.assured is None:
        return None, {}
    verified = Verified(
        verification=id,
        jurisdiction=found.jurisdiction,
        from_hong_kong=found.is_from_hong_kong,
        method=found.method,
        assured=found.assured,
    )
    return verified, {} if isinstance(found.claims, Hidden) else dict(found.claims)


def _require_uploaded(request: web.Request, subject: str, materials: Mapping[str, str]) -> None:
    for kind, digest in materials.items():
        try:
            request.app[MATERIALS].describe(subject, digest)
        except MaterialNotFound as error:
            raise CommandRejected(
                f"materials: {kind[:80]} was not uploaded; PUT it to /v1/materials first"
            ) from error


def found_handover(request: web.Request, actor: Actor) -> Handover:
    """Return the hand-over that the path names, or raise `CaseNotFound` as for none at all."""
    handover = request.app[HANDOVERS].find(_id(request))
    require_follower(actor, handover)
    return handover


def _shown(request: web.Request, handover: Handover, hidden: Hidden | None) -> dict[str, Any]:
    entries = request.app[HANDOVERS].entries(handover.id)
    return {
        "handover": _show(handover),
        "entries": [show_entry(entry, hidden=hidden) for entry in entries],
        "messages": request.app[HANDOVER_LISTING].messages(handover),
    }


def _show(handover: Handover) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(handover)
    for name in ("told", "submitted"):
        shown[name] = sorted(getattr(handover, name))
    return shown | {"is_over": handover.is_over}


def _answer(changed: Changed, *, status: int = 200, **headers: str) -> web.Response:
    handover = changed.handover
    shown = {
        "handover_id": handover.id,
        "status": handover.status,
        "version": handover.version,
        "position": changed.position,
    }
    return json_response(shown, status=status, ETag=f'"{handover.version}"', **headers)


def _id(request: web.Request) -> UUID:
    return path_id(request, "handover_id", "a hand-over")


def _hex(text: str) -> str:
    return UUID(text).hex
