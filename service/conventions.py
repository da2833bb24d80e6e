"""What holds for every route alike: headers, limits, what is sent twice, and in what form.

The order is said here once, and it matters: what sheds load stands before whatever costs,
and what keeps answers stands last, so that nobody gets one whom policy would refuse.
"""

from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from identity.sessions import Sessions
from ledger.application import Ledger
from ledger.home import Home
from ledger.http import ACTOR, LEDGER
from ledger.writer import CAPACITY
from rest import (
    AT_ONCE,
    CALLERS,
    LOAD,
    MESSAGES,
    AtOnce,
    Limits,
    Load,
    among_theirs,
    count_caller,
    every_answer,
    let_stream,
    load_middleware,
    preflight_middleware,
    representation_middleware,
)
from service.callers import recognise
from service.edge import Edge
from service.kept_answers import KeptAnswers
from service.messages import load_messages, load_statuses
from service.once_only import KEPT_ANSWERS, once_only_middleware
from service.policing import hold_to_policy
from service.problems import PROBLEMS
from service.settings import Settings

WATCHING: Final = frozenset({"/health", "/live", "/ready", "/metrics"})
"""Answered however much else is asked."""
_CALLERS_AT_ONCE: Final = 16
_FEWEST_OF_ONE: Final = 8


def outer_middlewares(settings: Settings) -> list[Middleware]:
    """Return what stands before errors become problems."""
    origins = settings.cors_origins
    return [preflight_middleware(origins)] if origins else []


def load_middlewares(app_load: Load, settings: Settings) -> list[Middleware]:
    """Return what stands between the problems and who is asking."""
    return [
        representation_middleware,
        load_middleware(
            app_load,
            body_seconds=settings.body_seconds,
            seconds=settings.request_seconds,
            always=WATCHING,
        ),
    ]


def inner_middlewares(sessions: Sessions) -> list[Middleware]:
    """Return what stands between the load and the handlers."""
    return [admission_middleware(sessions), once_only_middleware(PROBLEMS)]


def add_conventions(app: web.Application, load: Load, settings: Settings, edge: Edge) -> None:
    """Put into `app` what needs no home: limits, and what every answer says."""
    app[LOAD], app[MESSAGES] = load, {**load_messages(), **load_statuses()}
    app[CALLERS] = Limits(rate=settings.caller_rate, clock=edge.clock)
    app[AT_ONCE] = AtOnce(most=_most_of_one(settings))
    https = settings.public_url.startswith("https://")
    app.on_response_prepare.append(every_answer(https=https, origins=settings.cors_origins))
    app.on_response_prepare.append(let_stream)


def open_conventions(app: web.Application, ledger: Ledger, home: Home, edge: Edge) -> None:
    """Put into `app` what keeps answers, and looks at how much waits to be written."""
    app[LOAD].is_full = lambda: app[LEDGER].waiting >= CAPACITY
    app[KEPT_ANSWERS] = KeptAnswers(
        ledger.recorder.database,
        secret=home.secret("fingerprints"),
        clock=edge.clock,
        random=edge.random,
        of_person=ledger.keys.key,
    )


def admission_middleware(sessions: Sessions) -> Middleware:
    """Return a middleware that finds out who is asking, whether they may, and how often.

    In this order: nobody is counted whom policy refuses. A share is everybody's own, in
    all their sessions of one role.
    """

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        authorization = request.headers.get("Authorization")
        if authorization is not None:
            await recognise(request, sessions, authorization)
        hold_to_policy(request)
        if authorization is not None:
            actor = request[ACTOR]
            caller = f"{actor.role} {actor.authority} {actor.id}"
            count_caller(request, caller)
            with among_theirs(request, caller):
                return await handler(request)
        return await handler(request)

    return middleware


def _most_of_one(settings: Settings) -> int | None:
    """Return how many of one caller there may be at once, where they are limited at all."""
    if not settings.caller_rate.per_second:
        return None
    return max(settings.most_at_once // _CALLERS_AT_ONCE, _FEWEST_OF_ONE)
