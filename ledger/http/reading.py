"""Telling persons who was shown what is known of them, and recording it first.

Whoever opens personal fields in a handler calls `record_read` before it answers.
"""

import asyncio
from functools import partial
from typing import TypedDict
from uuid import UUID

from aiohttp import web

from ledger.access import require_person
from ledger.answers.cases import Moment, Position
from ledger.http.keys import AWAITING, READS, actor_of
from ledger.http.parameters import known_query, positive
from ledger.http.questions import Limit, Next
from ledger.http.subjects import subject_of
from ledger.reading_events import PersonalRead
from rest import operation, page_size, paged, place

routes = web.RouteTableDef()


class AccessAsked(TypedDict, total=False):
    """Which page of an access log, `after` the `next` of the page before."""

    limit: Limit
    after: Next


class ShownRead(TypedDict):
    """Who was shown what, when, why and on which legal basis."""

    number: int
    position: Position
    at: Moment
    role: str
    reader: str
    authority: str | None
    what: str
    about: UUID | None
    purpose: str | None
    basis: str | None


class AccessLog(TypedDict):
    """A page of reads, the newest first; `next` is the `after` of the next one, or null."""

    reads: list[ShownRead]
    next: str | None


async def record_read(
    request: web.Request,
    subject: str,
    what: str,
    *,
    about: UUID | None = None,
    purpose: str | None = None,
) -> None:
    """Record that whoever asks is about to be shown this of `subject`; not their own.

    Raises what `Reads.recording` raises. Of a request for the head alone nothing is shown.
    """
    actor = actor_of(request)
    if actor.id == subject or request.method == "HEAD":
        return
    event = PersonalRead(what=what, about=about, purpose=purpose)
    recording = partial(request.app[READS].recording, subject, event, actor)
    await request.app[AWAITING].answer(recording)


@routes.get("/v1/me/access-log")
@operation(query=AccessAsked, answers={200: AccessLog})
async def show_own(request: web.Request) -> web.Response:
    """Show a person who was shown what is known of them, the newest first."""
    actor = actor_of(request)
    require_person(actor)
    return await _shown(request, actor.principal)


@routes.get("/v1/subjects/{subject}/access-log")
@operation(query=AccessAsked, answers={200: AccessLog})
async def show(request: web.Request) -> web.Response:
    """Show who was shown what is known of a person, the newest first."""
    return await _shown(request, subject_of(request))


async def _shown(request: web.Request, subject: str) -> web.Response:
    known_query(request, *AccessAsked.__annotations__)
    limit = page_size(request)
    before = place(request, positive)
    reads = request.app[READS]
    rows = await asyncio.to_thread(partial(reads.of, subject, before=before, limit=limit))
    following = rows[-1].number if rows and rows[-1].number > 1 else None
    shown = {"reads": rows}
    return paged(request, shown, ended=following, Cache_Control="private, no-store")
