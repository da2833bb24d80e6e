"""What became of a case: step by step, and between two points."""

import asyncio
from uuid import UUID

from aiohttp import web

from ledger.access import hidden_from, require_reader
from ledger.answers.entries import Difference, OneStep, Steps
from ledger.case import Case
from ledger.entry import Entry
from ledger.errors import CaseNotFound, EntryNotFound
from ledger.http.keys import LEDGER, QUERIES, actor_of
from ledger.http.parameters import case_id, cut_at, known_query, positive, query
from ledger.http.questions import Between
from ledger.http.reading import record_read
from ledger.http.shown import show_change, show_step, show_values
from ledger.personal import Hidden
from ledger.replaying import Change, Picture, Point, Step, diff, steps
from rest import json_response, operation

routes = web.RouteTableDef()

_Read = tuple[UUID, list[Entry], Hidden | None]

_FROM, _TO = "from_", "to_"
_ECHOED = 40


@routes.get("/v1/cases/{case_id}/steps")
@operation(answers={200: Steps})
async def show_steps(request: web.Request) -> web.Response:
    """Show every entry of a case with what it changed."""
    known_query(request)
    read = await _read(request, "steps")
    shown = await asyncio.to_thread(_steps, request, read)
    return json_response(shown, Cache_Control="private, no-cache")


@routes.get("/v1/cases/{case_id}/steps/{version}")
@operation(answers={200: OneStep})
async def show_one_step(request: web.Request) -> web.Response:
    """Show the case after one of its entries, with links to the first, next and others."""
    known_query(request)
    read = await _read(request, "steps")
    shown, links = await asyncio.to_thread(_one_step, request, read)
    return json_response(shown, Link=links, Cache_Control="private, no-cache")


@routes.get("/v1/cases/{case_id}/diff")
@operation(query=Between, answers={200: Difference})
async def show_diff(request: web.Request) -> web.Response:
    """Show what became of a case between two points, and which entry changed it last."""
    known_query(request, *Between.__annotations__)
    begins = any(name.startswith(_FROM) for name in request.query)
    start = _point(request, _FROM) if begins else Point(version=0)
    end = _point(request, _TO)
    read = await _read(request, "diff")
    shown = await asyncio.to_thread(_diff, request, read, start, end)
    return json_response(shown, Cache_Control="private, no-cache")


def _point(request: web.Request, end: str) -> Point:
    return Point(cut=cut_at(request, end), version=query(request, f"{end}version", positive))


def _steps(request: web.Request, read: _Read) -> dict[str, object]:
    id, entries, hidden = read
    status = request.app[QUERIES].history_statuses()
    told = steps(entries, hidden=hidden, status=status)
    return {"case_id": id, "steps": [show_step(step) for step in told]}


def _one_step(request: web.Request, read: _Read) -> tuple[dict[str, object], str]:
    id, entries, hidden = read
    asked = request.match_info["version"]
    at = {str(entry.version): place for place, entry in enumerate(entries)}.get(asked)
    if at is None:
        raise EntryNotFound(f"the case has no version {asked[:_ECHOED]}")
    picture = Picture(hidden=hidden, status=request.app[QUERIES].history_statuses())
    changed = [picture.add(entry) for entry in entries[: at + 1]][-1]
    changes = (
        Change(path=path, old=old, new=new, entry=entries[at])
        for path, (old, new) in changed.items()
    )
    step = show_step(Step(entry=entries[at], changes=tuple(changes)))
    places = {"first": 0, "prev": at - 1, "next": at + 1, "last": len(entries) - 1}
    links = [
        f'</v1/cases/{id}/steps/{entries[place].version}>; rel="{name}"'
        for name, place in places.items()
        if 0 <= place < len(entries)
    ]
    shown = {"case_id": id, "step": step, "values": show_values(picture.values)}
    return shown, ", ".join(links)


def _diff(request: web.Request, read: _Read, start: Point, end: Point) -> dict[str, object]:
    id, entries, hidden = read
    before, after = ([*filter(point.admits, entries)] for point in (start, end))
    if not before and not after:
        raise CaseNotFound(f"there was no case {id} yet at either point")
    status = request.app[QUERIES].history_statuses()
    changes = diff(before, after, hidden=hidden, status=status)
    return {
        "case_id": id,
        "from_version": before[-1].version if before else None,
        "to_version": after[-1].version if after else None,
        "changes": [show_change(change) for change in changes],
    }


async def _read(request: web.Request, what: str) -> _Read:
    """Return a case's entries, and as what its personal fields are shown to this caller."""
    actor, id = actor_of(request), case_id(request)
    state, entries = await asyncio.to_thread(request.app[QUERIES].replay, id)
    require_reader(actor, state)
    hidden = await asyncio.to_thread(hidden_from, actor, state, request.app[LEDGER].standing)
    if hidden is None and isinstance(state, Case):
        await record_read(request, state.subject, what, about=id, purpose=state.item)
    return id, entries, hidden
