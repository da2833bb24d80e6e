"""Asking another region's authority for its opinion on a case of ours (多地联办)."""

import asyncio
from functools import partial
from uuid import UUID, uuid5

from aiohttp import web

from ledger.access import require_reader
from ledger.actor import Actor
from ledger.answers.cases import JointReviewAnswer
from ledger.application import Appended
from ledger.commands import RequestJointReview, WithdrawJointReview
from ledger.errors import CaseNotFound
from ledger.http.keys import AWAITING, LEDGER, actor_of
from ledger.http.parameters import case_id, command_id, expected_version
from ledger.rules.roles import check_role
from rest import json_body, json_response, operation, path_id

_REVIEWS = UUID("5f7d1f3e-0f7e-4a55-8b0d-9c1f3c0ca5e7")
_GIVEN = ("case_id", "review")

routes = web.RouteTableDef()


@routes.post("/v1/cases/{case_id}/joint-reviews")
@operation(
    body=RequestJointReview, given=_GIVEN, if_match=True, answers={201: JointReviewAnswer}
)
async def ask(request: web.Request) -> web.Response:
    """Ask for an opinion, and share materials of the case."""
    actor = actor_of(request)
    id, case = command_id(request, actor), case_id(request)
    review = uuid5(_REVIEWS, id.hex)
    command = await json_body(request, RequestJointReview, case_id=case, review=review)
    appended = await _submitted(request, command, actor, id)
    return _answer(appended, review, status=201)


@routes.post("/v1/cases/{case_id}/joint-reviews/{review_id}/withdrawals")
@operation(
    body=WithdrawJointReview, given=_GIVEN, if_match=True, answers={200: JointReviewAnswer}
)
async def withdraw(request: web.Request) -> web.Response:
    """Wait for the opinion no longer."""
    actor, case = actor_of(request), case_id(request)
    review = path_id(request, "review_id", "a review")
    command = await json_body(request, WithdrawJointReview, case_id=case, review=review)
    appended = await _submitted(request, command, actor, command_id(request, actor))
    return _answer(appended, review)


async def _submitted(
    request: web.Request,
    command: RequestJointReview | WithdrawJointReview,
    actor: Actor,
    id: UUID,
) -> Appended:
    await asyncio.to_thread(_require_asker, request, command, actor)
    submit = partial(
        request.app[LEDGER].submit,
        command,
        actor,
        command_id=id,
        expected_version=expected_version(request),
    )
    return await request.app[AWAITING].answer(submit)


def _require_asker(
    request: web.Request, command: RequestJointReview | WithdrawJointReview, actor: Actor
) -> None:
    case = request.app[LEDGER].find(command.case_id)
    if case is None:
        raise CaseNotFound(f"there is no case {command.case_id}")
    require_reader(actor, case)
    check_role(command, case, actor)


def _answer(appended: Appended, review: UUID, *, status: int = 200) -> web.Response:
    case = appended.case
    shown = {
        "case_id": case.id,
        "review_id": review,
        "status": case.status,
        "version": case.version,
        "position": appended.position,
        "waiting_for": sorted({asked.region for asked in case.joint.values()}),
    }
    return json_response(shown, status=status, ETag=f'"{case.version}"')
