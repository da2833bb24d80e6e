"""What holds for every route alike: headers, limits, what is sent twice, and in what form.

The order is said here once, and it matters: what sheds load stands before whatever costs,
and what keeps answers stands last, so that nobody gets one whom policy would refuse.
"""

from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from ledger.application import Ledger
from ledger.home import Home
from ledger.http import ACTOR, LEDGER
from ledger.writer import CAPACITY
from rest import (
    CALLERS,
    LOAD,
    MESSAGES,
    Limits,
    Load,
    count_caller,
    every_answer,
    let_stream,
    load_middleware,
    preflight_middleware,
    representation_middleware,
)
from service.edge import Edge
from service.kept_answers import KeptAnswers
from service.messages import load_messages
from service.once_only import KEPT_ANSWERS, once_only_middleware
from service.problems import PROBLEMS
from service.settings import Settings

WATCHING: Final = frozenset({"/health", "/live", "/ready", "/metrics"})
"""Answered however much else is asked."""


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


def inner_middlewares() -> list[Middleware]:
    """Return what stands between policy and the handlers."""
    return [share_middleware, once_only_middleware(PROBLEMS)]


def add_conventions(app: web.Application, load: Load, settings: Settings, edge: Edge) -> None:
    """Put into `app` what needs no home: limits, and what every answer says."""
    app[LOAD], app[MESSAGES] = load, load_messages()
    app[CALLERS] = Limits(rate=settings.caller_rate, clock=edge.clock)
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


@web.middleware
async def share_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count a request for whoever has a session: in all their sessions of one role."""
    actor = request.get(ACTOR)
    if actor is not None:
        count_caller(request, f"{actor.role} {actor.authority} {actor.id}")
    return await handler(request)
