"""Reading cases: the list, one of them, its timeline, and how it once stood."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

import msgspec
from aiohttp import web

from ledger.access import hidden_from, require_reader, require_supervisor, within_reach
from ledger.actor import Actor
from ledger.answers.cases import CasePage, Conflicts
from ledger.answers.entries import (
    Replayed,
    ReplayedImported,
    ShownCase,
    ShownImported,
    ShownTimeline,
)
from ledger.case import Case
from ledger.case_rows import Row, Which
from ledger.cut import Cut
from ledger.http.freshness import caught_up
from ledger.http.keys import LEDGER, QUERIES, actor_of
from ledger.http.parameters import (
    case_id,
    cut_of,
    known_query,
    positive,
    query,
    until,
    yes,
)
from ledger.http.questions import CasesAsked, ConflictsAsked, Fresh, ReplayPoint
from ledger.http.reading import record_read
from ledger.http.shown import show_case, show_counts, show_entry
from ledger.projections.case_list import CaseList
from ledger.projections.folds import State
from ledger.projections.timeline import Timeline
from rest import json_response, operation, page_size, paged, place

routes = web.RouteTableDef()


@routes.get("/v1/cases")
@operation(query=CasesAsked, answers={200: CasePage})
async def list_cases(request: web.Request) -> web.Response:
    """List the cases one may see, by id; `next` leads on, `counts` counts them all."""
    actor = actor_of(request)
    known_query(request, *CasesAsked.__annotations__)
    limit = page_size(request)
    which = within_reach(
        actor,
        Which(
            register=request.query.get("register"),
            status=request.query.get("status"),
            after=place(request, _hex),
            limit=limit,
        ),
    )
    cut = _cut(request, actor)
    await caught_up(request, CaseList.name)
    queries = request.app[QUERIES]
    rows = await asyncio.to_thread(queries.cases, which, cut)
    following = rows[-1]["id"] if len(rows) == limit else None
    shown: dict[str, Any] = {"cases": rows}
    if query(request, "counts", yes):
        counts = await asyncio.to_thread(queries.counts, which, cut)
        shown["counts"] = show_counts(counts)
    return paged(request, shown, ended=following)


@routes.get("/v1/conflicts")
@operation(query=ConflictsAsked, answers={200: Conflicts})
async def list_conflicts(request: web.Request) -> web.Response:
    """List the imported facts that a later delivery contradicted, for a supervisor."""
    known_query(request, *ConflictsAsked.__annotations__)
    await caught_up(request, CaseList.name)
    queries = request.app[QUERIES]
    limit, after = page_size(request), place(request, _conflict)
    register = request.query.get("register")
    rows = await asyncio.to_thread(queries.conflicts, register, after=after, limit=limit)
    return paged(request, {"conflicts": rows}, ended=_ended(rows, limit))


@routes.get("/v1/cases/{case_id}")
@operation(answers={200: ShownCase | ShownImported})
async def show(request: web.Request) -> web.Response:
    """Show a case as it stands."""
    known_query(request)
    actor, id, queries = actor_of(request), case_id(request), request.app[QUERIES]
    state: State | None = request.app[LEDGER].at_hand(id)
    if state is None:
        state = await asyncio.to_thread(queries.state, id)
    require_reader(actor, state)
    if isinstance(state, Case):
        return _of_now(state, state.status)
    return _of_now(state, await asyncio.to_thread(queries.status, state))


@routes.get("/v1/cases/{case_id}/replay")
@operation(query=ReplayPoint, answers={200: Replayed | ReplayedImported})
async def replay(request: web.Request) -> web.Response:
    """Show a case as it stood, with the entries that made it so."""
    actor, id, cut = actor_of(request), case_id(request), cut_of(request)
    queries = request.app[QUERIES]
    state, entries = await asyncio.to_thread(queries.replay, id, cut)
    require_reader(actor, state)
    hidden = await asyncio.to_thread(hidden_from, actor, state, request.app[LEDGER].standing)
    status = await asyncio.to_thread(queries.status, state)
    shown: dict[str, Any] = {"case": show_case(state, status)}
    shown["entries"] = [show_entry(entry, hidden=hidden) for entry in entries]
    if hidden is None and isinstance(state, Case):
        await record_read(request, state.subject, "replay", about=id, purpose=state.item)
    # Shown otherwise once a person is restricted or erased: its tag is of what is shown.
    return json_response(shown, Cache_Control="private, no-cache")


@routes.get("/v1/cases/{case_id}/timeline")
@operation(query=Fresh, answers={200: ShownTimeline})
async def timeline(request: web.Request) -> web.Response:
    """Show what happened to a case, in order, without personal fields."""
    known_query(request, *Fresh.__annotations__)
    actor, id, queries = actor_of(request), case_id(request), request.app[QUERIES]
    state, _ = await asyncio.to_thread(queries.replay, id)
    require_reader(actor, state)
    await caught_up(request, Timeline.name)
    rows = await asyncio.to_thread(queries.timeline, id)
    return json_response({"case_id": id, "timeline": rows})


def _cut(request: web.Request, actor: Actor) -> Cut:
    """Return the point at which a supervisor wants the list; `position` is waited for."""
    cut = Cut(
        as_of=query(request, "as_of", until),
        recorded_until=query(request, "recorded_until", until),
        source_recorded_until=query(request, "source_recorded_until", until),
        position=query(request, "until_position", positive),
    )
    if not cut.is_now:
        require_supervisor(actor)
    return cut


_Fact = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


def _conflict(text: str) -> tuple[str, str, int]:
    try:
        return msgspec.json.decode(text, type=tuple[str, str, _Fact])
    except msgspec.DecodeError as error:
        raise ValueError(text) from error


def _ended(rows: list[Row], limit: int) -> str | None:
    """Return where a full page of conflicts ended."""
    if len(rows) < limit:
        return None
    last = [rows[-1][name] for name in ("register", "number", "fact")]
    return msgspec.json.encode(last).decode()


def _hex(text: str) -> str:
    return UUID(text).hex


def _of_now(state: State, status: str) -> web.Response:
    shown = {"case": show_case(state, status)}
    return json_response(shown, ETag=f'"{state.version}"', Cache_Control="private, no-cache")
