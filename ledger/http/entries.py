"""The whole log for supervisors: entries of every kind, searched and read on, sealed."""

import asyncio
from functools import partial
from typing import Annotated, Any, Literal, TypedDict
from uuid import UUID

from aiohttp import web
from msgspec import Meta

from ledger.access import require_supervisor
from ledger.answers.entries import ShownEntry
from ledger.entry import EVENT_TYPES
from ledger.exporting.table import MEDIA_TYPE, write_entries
from ledger.http.keys import LEDGER, actor_of
from ledger.http.parameters import known_query, moment, positive, query, until
from ledger.http.questions import From, Until, Whole
from ledger.http.shown import show_entry
from ledger.personal import Hidden
from ledger.searching.entries import Wanted, find_entries
from rest import operation, page_size, paged, place

routes = web.RouteTableDef()

_WORDS = ("event", "role", "actor", "authority", "item")


class EntriesAsked(TypedDict, total=False):
    """Which entries; `stream` is a case's id or that of another record."""

    event: Annotated[str, Meta(examples=["case.granted.v1"])]
    stream: UUID
    role: str
    actor: str
    authority: str
    item: str
    recorded_from: From
    recorded_until: Until
    effective_from: From
    effective_until: Until
    from_position: Whole
    until_position: Whole
    format: Literal["json", "csv"]
    limit: Annotated[int, Meta(ge=1, le=500)]
    after: str


class FoundEntry(ShownEntry):
    """An entry of any record, with the record's id."""

    stream: UUID


class EntryPage(TypedDict):
    """A page of the log; one that is not full may still have a `next`."""

    entries: list[FoundEntry]
    next: str | None


@routes.get("/v1/entries")
@operation(query=EntriesAsked, answers={200: (EntryPage, "text/csv")})
async def show_entries(request: web.Request) -> web.Response:
    """Show a supervisor entries of the whole log in its order, by kind, actor and time.

    With `format=csv` as a table; `Link` leads on there.
    """
    require_supervisor(actor_of(request))
    known_query(request, *EntriesAsked.__annotations__)
    query(request, "event", _event, "an event such as case.granted.v1")
    after, limit = place(request, positive) or 0, page_size(request)
    find = partial(find_entries, request.app[LEDGER], _wanted(request), after=after)
    found = await asyncio.to_thread(find, limit=limit)
    shown = [
        {"stream": each.stream, **show_entry(each, hidden=Hidden.SEALED)}
        for each in found.entries
    ]
    page = paged(
        request, {"entries": shown}, ended=found.next, Cache_Control="private, no-cache"
    )
    if query(request, "format", _format, "`json` or `csv`") != "csv":
        return page
    response = web.Response(body=b"".join(write_entries(found.entries)))
    response.headers["Content-Type"] = MEDIA_TYPE
    response.headers["Cache-Control"] = "private, no-cache"
    if "Link" in page.headers:
        response.headers["Link"] = page.headers["Link"]
    return response


def _wanted(request: web.Request) -> Wanted:
    words: dict[str, Any] = {name: request.query.get(name) for name in _WORDS}
    return Wanted(
        stream=query(request, "stream", UUID, "the id of a case or of another record"),
        recorded_from=query(request, "recorded_from", moment),
        recorded_until=query(request, "recorded_until", until),
        effective_from=query(request, "effective_from", moment),
        effective_until=query(request, "effective_until", until),
        from_position=query(request, "from_position", positive) or 1,
        until_position=query(request, "until_position", positive),
        **words,
    )


def _format(text: str) -> str:
    if text not in ("json", "csv"):
        raise ValueError(text)
    return text


def _event(text: str) -> str:
    if text not in EVENT_TYPES:
        raise ValueError(text)
    return text
