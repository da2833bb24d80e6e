"""Alerts for supervisors: what is so now and what happened, as a list and as a stream."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from functools import partial
from typing import Any, Final, TypedDict

from aiohttp import web

from ledger.http import FOLDER, LEDGER, actor_of
from ledger.http.freshness import caught_up
from ledger.http.parameters import known_query, page_size, query
from ledger.projections.alert_list import AlertList
from ledger.projections.view import position, view_in
from rest import json_response, language_of
from rest.operation import operation
from service.feeds.conditions import Conditions
from service.feeds.event_stream import STREAMS, Told, send, wants_stream
from service.feeds.feed import TAIL, read_position, still_holds
from service.messages import load_advice

CONDITIONS = web.AppKey("conditions", Conditions)

ADVICE: Final = {
    "acceptance_deemed": "Nobody answered in time: ask the authority why.",
    "tolerance_lapsed": "Materials were owed and did not come; see the case's timeline.",
    "second_correction": "Deficiencies are to be told once: ask why this was seen later.",
    "partner_contradicted": "Compare our log with theirs: `tongban agree`.",
    "message_unsent": "What is owed is more than one message holds: tell them otherwise.",
    "log_forked": "They signed two histories; both heads are kept, see `tongban agree`.",
    "subscription_disabled": "Its subscriber has to confirm it again; nothing is lost.",
    "delivery_given_up": "Its subscriber has a dead letter; they can have it sent again.",
    "request_overdue": "Have the data-protection officer answer it: `GET /v1/requests/{id}`.",
    "deadline_overdue": "Remind whose duty it is; see the case's timeline.",
    "tokens_refused": "Ask the region; `/v1/refusals` says which check refused.",
    "view_stopped": "An operator has to look: `tongban views`.",
    "view_incomplete": "An operator has to look at what is set aside: `tongban views`.",
    "certificate_refused": "Have the log verified, and the view certified again.",
    "facts_contradicted": "`/v1/conflicts` lists what a later delivery contradicted.",
    "partner_log": "Their log does not go on from what it showed before: see `/health`.",
    "key_ending": "An operator has to exchange or publish it.",
    "log_unsigned": "An operator has to look at the key of the log: `tongban keys`.",
}

_PAGE = 50
_LOOK = 2.0

routes = web.RouteTableDef()


class Alert(TypedDict):
    """`id` stays the same for as long as it holds; `position` is of what happened."""

    id: str
    kind: str
    about: str
    since: str
    position: int | None
    advice: str


class Alerts(TypedDict):
    """What holds now, what happened, and from where to go on."""

    holding: list[Alert]
    happened: list[Alert]
    next: int | None


class Asked(TypedDict, total=False):
    """What is asked with the list."""

    after: int
    limit: int
    position: int


@routes.get("/v1/alerts")
@operation(query=Asked, answers={200: Alerts})
async def alerts(request: web.Request) -> web.StreamResponse:
    """Tell supervisors what needs to be looked at, as it is now or as it comes."""
    actor, app = actor_of(request), request.app
    known_query(request, "after", "limit", "position")
    limit, after = query(request, "limit", page_size) or _PAGE, await read_position(request)
    language = language_of(request)
    if wants_stream(request):
        with app[STREAMS].one_of(f"{actor.authority}/{actor.id}"):
            start = app[LEDGER].head if after is None else after
            told, holds = _told(app, start, language), partial(still_holds, request)
            return await send(request, told, start=start, holds=holds)
    await caught_up(request, AlertList.name)
    happened, _ = await asyncio.to_thread(_happened, app, after or 0, limit, language)
    holding = await _now(app, language)
    response = json_response(
        {
            "holding": holding,
            "happened": happened,
            "next": happened[-1]["position"] if len(happened) == limit else None,
        },
        Content_Language=language,
    )
    response.headers.add("Vary", "Accept-Language")
    return response


async def _told(app: web.Application, after: int, language: str) -> AsyncIterator[Told]:
    """Tell what holds first, then what is new, and what is over."""
    held: dict[str, Alert] = {}
    while not app[TAIL].closing:
        happened, reached = await asyncio.to_thread(_happened, app, after, _PAGE, language)
        holding = {each["id"]: each for each in await _now(app, language)}
        new = [each for id, each in holding.items() if id not in held]
        over = [{**each, "over": True} for id, each in held.items() if id not in holding]
        # Whoever is cut off behind one of these is told of what happened when they come back.
        events: list[tuple[int, object]] = [(after, each) for each in (*new, *over)]
        after, held = max(after, reached), holding
        yield Told([*events, *((each["position"] or 0, each) for each in happened)], after)
        if len(happened) < _PAGE:
            await app[TAIL].ended(_LOOK)


async def _now(app: web.Application, language: str) -> list[Alert]:
    return [_alert(row, language) for row in await asyncio.to_thread(app[CONDITIONS].now)]


def _happened(
    app: web.Application, after: int, limit: int, language: str
) -> tuple[list[Alert], int]:
    """Return what happened beyond `after`, and up to where that was looked for."""
    with closing(view_in(app[FOLDER], AlertList.name)) as db:
        reached = position(db)
        page = AlertList.page(db, after=after, limit=limit)
        rows = [_alert(row, language) for row in page]
    full = len(rows) == limit
    return rows, (rows[-1]["position"] or 0) if full else reached


def _alert(row: dict[str, Any], language: str) -> Alert:
    kind, about, at = row["kind"], row["about"], row["position"]
    return {
        "id": f"{kind}:{about}" if at is None else f"{kind}:{at}",
        "kind": kind,
        "about": about,
        "since": row["since"],
        "position": at,
        "advice": load_advice()[kind].get(language, ADVICE[kind]),
    }
