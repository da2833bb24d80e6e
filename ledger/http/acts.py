"""Doing something with a case: one path a command, one body a command's fields."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple
from uuid import UUID, uuid5

from aiohttp import web

from ledger.access import require_reader
from ledger.actor import Actor
from ledger.answers.cases import CommandAnswer
from ledger.application import Appended, Ledger
from ledger.commands import (
    AcceptApplication,
    AcceptWithTolerance,
    CloseCase,
    Command,
    DeclareNotRequired,
    GrantCase,
    RefuseCase,
    RejectAtIntake,
    RequestCorrection,
    ReviewCase,
    ServeDecision,
    SignCommitment,
    SubmitApplication,
    SubmitCorrection,
    SubmitSupplement,
    WithdrawApplication,
)
from ledger.errors import CaseNotFound, CommandRejected, MaterialNotFound, NotAllowed
from ledger.http.keys import (
    AWAITING,
    BINDINGS,
    LEDGER,
    MATERIALS,
    TAKEN_BACK,
    VERIFICATION,
    VERIFICATIONS,
    actor_of,
)
from ledger.http.parameters import case_id, command_id, expected_version
from ledger.rules import SignedDocument, Verified
from ledger.rules.roles import check_role
from rest import json_body, json_response, operation

ACTS: Mapping[str, type[Command]] = {
    "correction-requests": RequestCorrection,
    "corrections": SubmitCorrection,
    "acceptances": AcceptApplication,
    "tolerant-acceptances": AcceptWithTolerance,
    "intake-rejections": RejectAtIntake,
    "not-required": DeclareNotRequired,
    "commitments": SignCommitment,
    "supplements": SubmitSupplement,
    "reviews": ReviewCase,
    "grants": GrantCase,
    "refusals": RefuseCase,
    "services": ServeDecision,
    "closures": CloseCase,
    "withdrawals": WithdrawApplication,
}
"""The last part of `/v1/cases/{case_id}/...`, and the command it gives."""

_WITH_MATERIALS = SubmitApplication | SubmitCorrection | SubmitSupplement
_RESTING = _WITH_MATERIALS | SignCommitment | GrantCase
"""Commands that rest on more than the case: materials, a signature, who the applicant is."""
_CASES = UUID("5f7d1f3e-0f7e-4a55-8b0d-9c1f3c0ca5e5")

routes = web.RouteTableDef()


@routes.post("/v1/cases")
@operation(body=SubmitApplication, given=("case_id",), answers={201: CommandAnswer})
async def submit_application(request: web.Request) -> web.Response:
    """Open a case with an application, and answer with its receipt."""
    actor = actor_of(request)
    command = command_id(request, actor)
    body = await json_body(request, SubmitApplication, case_id=uuid5(_CASES, command.hex))
    appended = await _submit(request, body, actor, command, expected=None)
    return _answer(appended, status=201, Location=f"/v1/cases/{appended.case.id}")


@routes.post(f"/v1/cases/{{case_id}}/{{act:{'|'.join(ACTS)}}}")
@operation(body=ACTS, given=("case_id",), if_match=True, answers={200: CommandAnswer})
async def act(request: web.Request) -> web.Response:
    """Give the command that the path names."""
    actor = actor_of(request)
    kind = ACTS[request.match_info["act"]]
    body = await json_body(request, kind, case_id=case_id(request))
    expected, command = expected_version(request), command_id(request, actor)
    appended = await _submit(request, body, actor, command, expected=expected)
    return _answer(appended)


async def _submit(
    request: web.Request,
    command: Command,
    actor: Actor,
    command_id: UUID,
    *,
    expected: int | None,
) -> Appended:
    look = partial(_looked_up, request, command, actor, command_id)
    found = look() if _is_at_hand(request, command) else await asyncio.to_thread(look)
    submit = partial(
        request.app[LEDGER].submit,
        command,
        actor,
        command_id=command_id,
        verified=found.verified,
        signed=found.signed,
        taken_back=found.asks_again and await request.app[TAKEN_BACK](command.case_id),
        expected_version=expected,
    )
    return await request.app[AWAITING].answer(submit)


class _Found(NamedTuple):
    """What a command rests on, and whether who the applicant is has to be asked again."""

    verified: Verified | None
    signed: SignedDocument | None
    asks_again: bool


def _is_at_hand(request: web.Request, command: Command) -> bool:
    """Tell whether nothing has to be read for `command` but its case, and that is at hand."""
    return (
        not isinstance(command, _RESTING)
        and VERIFICATION not in request
        and request.app[LEDGER].at_hand(command.case_id) is not None
    )


def _looked_up(
    request: web.Request, command: Command, actor: Actor, command_id: UUID
) -> _Found:
    _require_asker(request, command, actor)
    _require_uploaded(request, command, actor, command_id)
    return _Found(
        verified=_verified(request, command, actor),
        signed=_signed(request, command),
        asks_again=_asks_again(request, command, actor, command_id),
    )


def _require_asker(request: web.Request, command: Command, actor: Actor) -> None:
    """Refuse who may not ask this, before saying anything about the case or its materials."""
    case = None
    if isinstance(command, SubmitApplication):
        if not actor.may_touch(command.item):
            raise NotAllowed(f"this session is for {actor.item} alone")
    else:
        case = request.app[LEDGER].find(command.case_id)
        if case is None:
            raise CaseNotFound(f"there is no case {command.case_id}")
        require_reader(actor, case)
    check_role(command, case, actor)


def _require_uploaded(
    request: web.Request, command: Command, actor: Actor, command_id: UUID
) -> None:
    """A material is named by the digest of what was uploaded before, by the same person.

    A command given before has its answer, whatever became of the materials.
    """
    if not isinstance(command, _WITH_MATERIALS):
        return
    for kind, digest in command.materials.items():
        try:
            request.app[MATERIALS].describe(actor.principal, digest)
        except MaterialNotFound as error:
            if request.app[LEDGER].was_given(actor, command_id):
                return
            raise CommandRejected(
                f"materials: {kind[:80]} was not uploaded; PUT it to /v1/materials first"
            ) from error


def _asks_again(request: web.Request, command: Command, actor: Actor, command_id: UUID) -> bool:
    """Tell whether who the applicant is has to be asked again; not for a first answer."""
    ledger: Ledger = request.app[LEDGER]
    if not isinstance(command, GrantCase) or ledger.was_given(actor, command_id):
        return False
    case = ledger.find(command.case_id)
    if case is None:
        return False
    return ledger.book.catalogue.item(case.item, case.item_version).asks_again


def _verified(request: web.Request, command: Command, actor: Actor) -> Verified | None:
    id = request.get(VERIFICATION)
    if id is None:
        return None
    verification = request.app[VERIFICATIONS].load(id)
    if verification is None or not verification.succeeded or verification.assured is None:
        return None
    return Verified(
        verification=id,
        jurisdiction=verification.jurisdiction,
        from_hong_kong=verification.is_from_hong_kong,
        method=verification.method,
        assured=verification.assured,
        also_bound=_also_bound(request, command, actor),
    )


def _also_bound(request: web.Request, command: Command, actor: Actor) -> frozenset[str]:
    if not isinstance(command, SubmitApplication):
        return frozenset()
    return request.app[BINDINGS].documents(actor.principal)


def _signed(request: web.Request, command: Command) -> SignedDocument | None:
    if not isinstance(command, SignCommitment) or command.verification is None:
        return None
    verification = request.app[VERIFICATIONS].load(command.verification)
    return None if verification is None else verification.signed


def _answer(appended: Appended, *, status: int = 200, **headers: str) -> web.Response:
    case = appended.case
    shown = {
        "case_id": case.id,
        "receipt": case.receipt,
        "status": case.status,
        "version": case.version,
        "position": appended.position,
        "events": [entry.name for entry in appended.entries],
    }
    return json_response(shown, status=status, ETag=f'"{case.version}"', **headers)
