"""Persons' data: restricted, lifted and erased, and copied for the person.

An erasure is recorded before it is carried out. The answer says whether it was
carried out here by then; where it was not, the service goes on trying.
"""

import asyncio
from collections.abc import Iterator
from functools import partial
from time import monotonic
from uuid import UUID

import msgspec
from aiohttp import web

from ledger.access import require_person
from ledger.actor import Actor
from ledger.answers.persons import Erased, ShownStanding, StandingChanged
from ledger.handover.unfinished import unfinished
from ledger.holding import cases_of, streams_of, subject_copy
from ledger.http.freshness import caught_up
from ledger.http.keys import ERASER, FOLDER, LEDGER, MATERIALS, SUBJECTS, actor_of
from ledger.http.parameters import command_id, known_query
from ledger.http.shown import show_entry
from ledger.projections.holdings import Holdings
from ledger.subject_commands import (
    EraseSubject,
    LiftRestriction,
    RestrictSubject,
    SubjectCommand,
)
from ledger.subjects import Changed
from rest import ZIP, BadRequest, json_body, json_response, operation, stream

_LONGEST = 128
_PATIENCE = 5.0
_LOOK_AGAIN = 0.05

routes = web.RouteTableDef()


@routes.get("/v1/subjects/{subject}")
@operation(answers={200: ShownStanding})
async def show(request: web.Request) -> web.Response:
    """Show how a person's data stand."""
    known_query(request)
    subject = subject_of(request)
    standing = await asyncio.to_thread(request.app[SUBJECTS].standing, subject)
    return json_response({"subject": subject, "standing": standing})


@routes.post("/v1/subjects/{subject}/restriction")
@operation(body=RestrictSubject, given=("subject",), answers={200: StandingChanged})
async def restrict(request: web.Request) -> web.Response:
    """Keep a person's data and stop using them."""
    actor = actor_of(request)
    command = await json_body(request, RestrictSubject, subject=subject_of(request))
    return json_response(await _given(request, command, actor))


@routes.delete("/v1/subjects/{subject}/restriction")
@operation(body=LiftRestriction, given=("subject",), answers={200: StandingChanged})
async def lift(request: web.Request) -> web.Response:
    """Let a person's data be used again."""
    actor = actor_of(request)
    command = await json_body(request, LiftRestriction, subject=subject_of(request))
    return json_response(await _given(request, command, actor))


@routes.post("/v1/subjects/{subject}/erasure")
@operation(body=EraseSubject, given=("subject",), answers={200: Erased, 202: Erased})
async def erase(request: web.Request) -> web.Response:
    """Destroy a restricted person's key, and with it whatever is known of them."""
    actor = actor_of(request)
    command = await json_body(request, EraseSubject, subject=subject_of(request))
    await caught_up(request, Holdings.name, everywhere=True)
    changed = await _given(request, command, actor)
    finished = await _finished(request, changed.position)
    shown = msgspec.to_builtins(changed) | {"finished": finished}
    return json_response(shown, status=200 if finished else 202)


@routes.get("/v1/me/copy")
@operation(answers={200: ZIP})
async def copy(request: web.Request) -> web.StreamResponse:
    """Give a person all that is held of them, as one ZIP file."""
    known_query(request)
    actor = actor_of(request)
    require_person(actor)
    await caught_up(request, Holdings.name)
    pieces = await asyncio.to_thread(_copied, request, actor.principal)
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": 'attachment; filename="copy.zip"',
        "X-Content-Type-Options": "nosniff",
    }
    response = web.StreamResponse(headers=headers)
    response.content_type = "application/zip"
    return await stream(request, response, pieces)


async def _given(request: web.Request, command: SubjectCommand, actor: Actor) -> Changed:
    return await asyncio.to_thread(_give, request, command, actor, command_id(request, actor))


def _give(request: web.Request, command: SubjectCommand, actor: Actor, id: UUID) -> Changed:
    app = request.app
    where = app[LEDGER], app[FOLDER], command.subject
    return app[SUBJECTS].give(
        command,
        actor,
        command_id=id,
        cases=partial(cases_of, *where),
        others=partial(unfinished, *where),
    )


def _copied(request: web.Request, subject: str) -> Iterator[bytes]:
    ledger = request.app[LEDGER]
    return subject_copy(
        ledger,
        request.app[MATERIALS],
        streams_of(request.app[FOLDER], subject),
        subject,
        show=show_entry,
        made_at=ledger.now(),
    )


async def _finished(request: web.Request, position: int) -> bool:
    """Give the service's own eraser a while for it; no thread is held meanwhile."""
    eraser, until = request.app[ERASER], monotonic() + _PATIENCE
    while not eraser.has_finished(position):
        if eraser.has_failed(position) or monotonic() > until:
            return False
        await asyncio.sleep(_LOOK_AGAIN)
    return True


def subject_of(request: web.Request) -> str:
    """Return the pseudonym that the path names."""
    subject = request.match_info["subject"]
    if not (len(subject) <= _LONGEST and subject.isascii() and subject.isprintable()):
        raise BadRequest("the pseudonym a case shows as its `subject`", field="subject")
    return subject
