"""`Idempotency-Key` on every POST: sent again, also at once, one effect and one answer.

Commands on cases, hand-overs and persons take the key into the log with what they record,
and their first answer is derived from it again. Every other POST goes through here, unless
its own protocol lets it count once. An answer is kept where something was done: a refusal
leaves the key free, unless something was recorded by then, such as that it was asked.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final
from weakref import WeakValueDictionary

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from cose import encode
from ledger.effect import noting
from ledger.errors import OutcomeUnknown
from ledger.http import ACTOR, LEDGER
from rest import ABOUT, BadRequest, count_address, idempotency_key, look_up, tell
from rest.problem import OWN, Table
from service.kept_answers import KeptAnswers, Sent

KEPT_ANSWERS = web.AppKey("kept_answers", KeptAnswers)

BY_THE_LOG: Final = frozenset(
    {
        "/v1/cases",
        "/v1/cases/{case_id}/{act}",
        "/v1/cases/{case_id}/joint-reviews",
        "/v1/cases/{case_id}/joint-reviews/{review_id}/withdrawals",
        "/v1/handovers",
        "/v1/handovers/{handover_id}/{act}",
        "/v1/subjects/{subject}/restriction",
        "/v1/subjects/{subject}/erasure",
    }
)
"""The routes whose handlers give the key to the log, with the command."""

BY_PROTOCOL: Final[Mapping[str, str]] = {
    "/verifications": "a signed request is answered once; its nonce is used up",
    "/partner/messages": "the same message gets the same entry and acknowledgement",
    "/add-checkpoint": "the same checkpoint is cosigned again, to the same effect",
    "/v1/verifications/callbacks/{method}": "a provider's transaction is recorded once",
}
"""The routes that count once by what is posted, and why; those who call them send no key."""

_GUESSABLE: Final = 22
_LEFT_OUT: Final = frozenset({"Content-Length", "Content-Type", "Date", "Server"})


def once_only_middleware(table: Table) -> Middleware:
    """Return the middleware; refusals that are kept are told by `table`."""
    known = {**OWN, **table}
    unfinished = set[asyncio.Future[web.StreamResponse]]()
    under_way: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method != "POST" or "Idempotency-Key" not in request.headers:
            return await handler(request)
        resource = request.match_info.route.resource
        path = "" if resource is None else resource.canonical
        if resource is None or path in BY_THE_LOG or path in BY_PROTOCOL:
            return await handler(request)
        if ACTOR not in request:
            # To keep an answer costs the log's writer, which a stranger has to be held from.
            count_address(request)
        sent = await _sent(request)
        lock = under_way.setdefault(sent.name, asyncio.Lock())
        async with lock:
            kept = request.app[KEPT_ANSWERS]
            first = await asyncio.to_thread(kept.take, sent)
            if first is not None:
                return _again(first)
            # Whoever is gone, or waited too long, finds the answer when they ask again.
            doing = asyncio.ensure_future(_done(request, handler, sent, known))
            unfinished.add(doing)
            doing.add_done_callback(unfinished.discard)
            return await asyncio.shield(doing)

    return middleware


async def _done(
    request: web.Request, handler: Handler, sent: Sent, table: Table
) -> web.StreamResponse:
    """Do what is asked for the first time, and keep the answer before it leaves."""
    kept = request.app[KEPT_ANSWERS]
    with noting() as effect:
        try:
            response = await handler(request)
        except Exception as error:
            is_there = effect.may_be_there()
            if not is_there and _is_refusal(error, table):
                await asyncio.to_thread(kept.release, sent)
            if not is_there or not _can_be_told(error, table):
                raise
            response = tell(request, error, table)
    if not isinstance(response, web.Response) or not isinstance(response.body, bytes | None):
        raise TypeError("what is streamed cannot be kept: say how it counts once")
    about = request.get(ABOUT)
    await asyncio.to_thread(kept.keep, sent, _kept(response), about=about)
    return response


async def _sent(request: web.Request) -> Sent:
    key = idempotency_key(request)
    actor = request.get(ACTOR)
    caller: list[str | None] = []
    personal = b""
    if actor is not None:
        caller = actor.caller
        keys = request.app[LEDGER].keys
        found = await asyncio.to_thread(keys.key, actor.principal)
        personal = found or b""
    elif key is not None and len(key) < _GUESSABLE:
        # Whoever guessed it would get the answer.
        said = f"without a session, {_GUESSABLE} characters that nobody can guess, please"
        raise BadRequest(said, field="Idempotency-Key")
    asked = [request.path_qs, request.content_type, await request.read()]
    return request.app[KEPT_ANSWERS].sent(
        caller=caller, key=key or "", request=encode(asked), personal=personal
    )


def _is_refusal(error: Exception, table: Table) -> bool:
    return isinstance(error, web.HTTPException) or _can_be_told(error, table)


def _can_be_told(error: Exception, table: Table) -> bool:
    """Tell whether what it came to is of a kind that we know."""
    return look_up(type(error), table) is not None and not isinstance(error, OutcomeUnknown)


def _kept(response: web.Response) -> list[Any]:
    # Names are of a class of their own, which has no form in CBOR.
    headers = [[f"{n}", f"{v}"] for n, v in response.headers.items() if n not in _LEFT_OUT]
    cookies = [each.output(header="")[1:] for each in response.cookies.values()]
    headers += [["Set-Cookie", each] for each in cookies]
    return [response.status, response.headers["Content-Type"], headers, response.body]


def _again(first: Any) -> web.Response:
    status, content_type, headers, body = first
    response = web.Response(status=status, body=body)
    for name, text in headers:
        response.headers.add(name, text)
    response.headers["Content-Type"] = content_type
    return response
