"""Materials over HTTP: uploaded and fetched by the SHA-256 of their bytes.

An upload belongs to whoever made it. A case then names it by digest, and the
deciding authority fetches it through the case.
"""

import asyncio

from aiohttp import web

from ledger.access import hidden_from, require_reader
from ledger.actor import Actor, Role
from ledger.errors import MaterialNotFound, NotAllowed
from ledger.handover.letter import newest
from ledger.http.keys import LEDGER, MATERIALS, QUERIES, actor_of
from ledger.http.parameters import case_id, known_query
from ledger.http.reading import record_read
from ledger.personal import Hidden
from ledger.ports import MATERIAL_TYPES, StoredMaterial
from ledger.rules.subjects import check_free
from ledger.subject_events import Standing
from rest import BadRequest, has_seen, json_response, operation, part_of, stream, within

_GONE = "this person was erased, and what they handed in"

routes = web.RouteTableDef()


@routes.put("/v1/materials/{digest}")
@operation(body=MATERIAL_TYPES, answers={201: StoredMaterial}, streamed=True)
async def upload(request: web.Request) -> web.Response:
    """Take the bytes of a material, streamed; its type is what its content is."""
    known_query(request)
    actor = _applicant(request)
    check_free(await asyncio.to_thread(request.app[LEDGER].standing, actor.principal))
    stored = await request.app[MATERIALS].put(
        actor.principal, request.content.iter_any(), digest=digest_in(request)
    )
    return json_response(stored, status=201)


@routes.get("/v1/materials/{digest}")
@operation(answers={200: MATERIAL_TYPES, 206: MATERIAL_TYPES})
async def fetch_own(request: web.Request) -> web.StreamResponse:
    """Send back what the asker uploaded."""
    known_query(request)
    actor = _applicant(request)
    digest = digest_in(request)
    standing = await asyncio.to_thread(request.app[LEDGER].standing, actor.principal)
    if standing is Standing.ERASED:
        raise MaterialNotFound(_GONE)
    await record_read(request, actor.principal, "uploaded", purpose=actor.item)
    return await send_material(request, actor.principal, digest)


@routes.get("/v1/cases/{case_id}/materials/{kind}")
@operation(answers={200: MATERIAL_TYPES, 206: MATERIAL_TYPES})
async def fetch(request: web.Request) -> web.StreamResponse:
    """Send a case's material to someone who may see it: the newest of its kind."""
    known_query(request)
    actor = actor_of(request)
    state, entries = await asyncio.to_thread(request.app[QUERIES].replay, case_id(request))
    require_reader(actor, state)
    match await asyncio.to_thread(hidden_from, actor, state, request.app[LEDGER].standing):
        case Hidden.SEALED:
            raise NotAllowed(
                "materials are personal; a supervisor sees that they came, not them"
            )
        case Hidden.RESTRICTED:
            raise NotAllowed("this person's data are restricted; only they see them")
        case Hidden.ERASED:
            raise MaterialNotFound(_GONE)
    kind = request.match_info["kind"]
    digests = newest(getattr(entry.event, "digests", None) for entry in entries)
    if kind not in digests:
        raise MaterialNotFound(f"nothing of kind {kind[:80]!r} was handed in")
    subject = next(entry.subject for entry in entries if entry.subject is not None)
    what, item = f"material:{kind}", next(entry.item for entry in entries)
    await record_read(request, subject, what, about=case_id(request), purpose=item)
    return await send_material(request, subject, digests[kind])


async def send_material(request: web.Request, subject: str, digest: str) -> web.StreamResponse:
    """Send a material as an attachment, streamed, that nobody keeps; or a part of it.

    A part is opened from the front, as each frame rests on the one before, up to its end.
    """
    materials, tag = request.app[MATERIALS], f'"{digest}"'
    held = await asyncio.to_thread(materials.describe, subject, digest)
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-store",
        "Content-Disposition": "attachment",
        "ETag": tag,
    }
    if has_seen(request, tag):
        return web.Response(status=304, headers=headers)
    part = part_of(request, size=held.size, tag=tag)
    response = web.StreamResponse(status=200 if part is None else 206, headers=headers)
    response.content_type = held.media_type
    response.content_length = held.size
    frames = await asyncio.to_thread(materials.read, subject, digest)
    if part is not None:
        response.headers["Content-Range"] = part.content_range
        response.content_length = part.stop - part.start
        frames = within(part, frames)
    return await stream(request, response, frames)


def _applicant(request: web.Request) -> Actor:
    actor = actor_of(request)
    if actor.role not in (Role.APPLICANT, Role.AGENT):
        raise NotAllowed("materials are uploaded by applicants and their agents")
    return actor


def digest_in(request: web.Request) -> str:
    """Return the SHA-256 that the path names, or raise `BadRequest`."""
    digest = request.match_info["digest"]
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise BadRequest("a SHA-256 in lower-case hex", field="digest")
    return digest
