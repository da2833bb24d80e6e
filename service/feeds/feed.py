"""The feed of cases over HTTP: a page of what was recorded, or all of it as it happens.

Personal fields are told as sealed, to everybody: who may read them asks for the case,
where reading them is recorded.
"""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any, TypedDict
from uuid import UUID

from aiohttp import web

from identity.http import SESSION, SESSIONS
from ledger.entry import EVENT_TYPES
from ledger.errors import AheadOfLog, CommandRejected
from ledger.http import LEDGER, actor_of
from ledger.http.parameters import known_query, page_size, query
from ledger.http.shown import show_entry
from ledger.personal import Hidden
from ledger.sights import Sight
from ledger.subscription import Wanted
from rest import BadRequest, json_response
from rest.operation import operation
from service.callers import check_mandate
from service.feeds.event_stream import EVENT_STREAM, STREAMS, Told, send, wants_stream
from service.feeds.reader import Reader
from service.feeds.tail import Tail
from service.revoking import is_ended
from service.staff_keys import STAFF_KEY, still_counts

TAIL = web.AppKey("tail", Tail)

_PAGE = 50
_SCANNED = 10
"""Batches of the log that one page may cost."""
_LOOK = 1.0
_MOST = 50

routes = web.RouteTableDef()


class Asked(TypedDict, total=False):
    """What the feed is asked with."""

    after: int
    case: str
    item: str
    kind: str
    limit: int


class FeedPage(TypedDict):
    """Entries of cases, and the position to go on from; `null` at the end of the log."""

    events: list[dict[str, Any]]
    next: int | None
    position: int


@routes.get("/v1/feed")
@operation(query=Asked, answers={200: (FeedPage, EVENT_STREAM)})
async def feed(request: web.Request) -> web.StreamResponse:
    """Tell what is recorded of the cases one may see, as a page or as it happens."""
    actor, wanted = actor_of(request), _wanted(request)
    limit = query(request, "limit", page_size) or _PAGE
    after = await read_position(request)
    ledger, tail = request.app[LEDGER], request.app[TAIL]
    reader = Reader(ledger=ledger, tail=tail, actor=actor, wanted=wanted, position=after or 0)
    if not wants_stream(request):
        return json_response(await asyncio.to_thread(_page, reader, limit))
    with request.app[STREAMS].one_of(f"{actor.authority}/{actor.id}"), tail.followed():
        reader.position = ledger.head if after is None else after
        start = reader.position
        told, holds = _told(reader), partial(still_holds, request)
        return await send(request, told, start=start, holds=holds)


def show_sight(sight: Sight) -> dict[str, Any]:
    """Return an entry as feeds show it to whoever may see it."""
    return {"case_id": sight.entry.stream, **show_entry(sight.entry, hidden=Hidden.SEALED)}


async def still_holds(request: web.Request) -> bool:
    """Tell whether the session that a stream was asked for with is good for it yet."""
    app, session = request.app, request[SESSION]
    if app[SESSIONS].clock() >= session.expires_at or is_ended(app, session):
        return False
    if STAFF_KEY in request and not await asyncio.to_thread(still_counts, request):
        return False
    try:
        await check_mandate(app, session)
    except CommandRejected:
        return False
    return True


async def read_position(request: web.Request) -> int | None:
    """Return the position that the caller knows everything up to; the header counts more.

    Raises `AheadOfLog` for one that no server of the log has: what is recorded under it
    later is not what the caller knows.
    """
    last = request.headers.get("Last-Event-ID")
    if last is None:
        after = query(request, "after", _position, "the `id` of an event")
    else:
        after = _read(last)
    ledger = request.app[LEDGER]
    if after is not None and after > ledger.head:
        newest = await asyncio.to_thread(ledger.recorder.max_notification_id) or 0
        if after > newest:
            raise AheadOfLog(f"the log has come to position {newest}")
        # Another server wrote it, and we had not heard yet.
        ledger.reached(newest)
    return after


async def _told(reader: Reader) -> AsyncIterator[Told]:
    tail = reader.tail
    while not tail.closing:
        shown = await reader.read()
        for at in range(0, len(shown), _MOST):
            some = shown[at : at + _MOST]
            last = at + _MOST >= len(shown)
            reached = reader.position if last else some[-1].entry.position
            yield Told([(s.entry.position, show_sight(s)) for s in some], reached)
        if not shown:
            yield Told([], reader.position)
        if tail.since(reader.position) is not None:
            await tail.beyond(reader.position, _LOOK)


def _page(reader: Reader, limit: int) -> FeedPage:
    shown: list[Sight] = []
    for _ in range(_SCANNED):
        before = reader.position
        new, reader.position = reader.behind()
        shown += new
        if reader.position == before or len(shown) >= limit:
            break
    if len(shown) > limit:
        shown = shown[:limit]
        reader.position = shown[-1].entry.position
    following = reader.position if reader.position < reader.ledger.head else None
    return {
        "events": [show_sight(sight) for sight in shown],
        "next": following,
        "position": reader.position,
    }


def _wanted(request: web.Request) -> Wanted:
    known_query(request, "after", "limit", "kind", "item", "case")
    return Wanted(
        kinds=query(request, "kind", _kinds, "names of events, such as case.granted.v1")
        or frozenset(),
        items=query(request, "item", _names, "ids of service items") or frozenset(),
        cases=query(request, "case", _cases, "ids of cases") or frozenset(),
    )


def _read(last: str) -> int:
    try:
        return _position(last)
    except ValueError as error:
        raise BadRequest("the `id` of an event", field="Last-Event-ID") from error


def _position(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise ValueError(text)
    return int(text)


def _names(text: str) -> frozenset[str]:
    names = frozenset(text.split(","))
    if not all(names) or len(names) > _MOST:
        raise ValueError(text)
    return names


def _kinds(text: str) -> frozenset[str]:
    kinds = _names(text)
    if not kinds <= EVENT_TYPES.keys():
        raise ValueError(text)
    return kinds


def _cases(text: str) -> frozenset[UUID]:
    return frozenset(UUID(each) for each in _names(text))
