"""Asking again whether a partner region's answer still counts, before it is relied on.

A verification is an answer of one moment; a decision may rest on it days later.
Officials of the deciding authority ask by the case they decide, and a grant of an
item that has to know surely asks by itself.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypedDict
from uuid import UUID

from aiohttp import web

from identity.claim_values import StatusReference
from identity.errors import TokenRefused
from identity.status_checking import Stakes, Standing, StatusChecker, StatusUnknown
from identity.trust import Trust
from ledger.access import require_reader
from ledger.answers.cases import IdentityStatus
from ledger.application import Ledger
from ledger.errors import CaseNotFound
from ledger.events import ApplicantVerified
from ledger.http import LEDGER, TAKEN_BACK, VERIFICATIONS, actor_of
from ledger.http.parameters import case_id, known_query, query
from ledger.verification import Verifications
from ledger.verification_state import Verification
from rest import json_response, operation
from service.partners import Clients

CHECKER = web.AppKey("status_checker", StatusChecker)

routes = web.RouteTableDef()


class StakesAsked(TypedDict, total=False):
    """How much rests on it: with high stakes no list counts that is older than its `ttl`."""

    stakes: Literal["low", "high"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Relied:
    """An answer that a case rests on, and where its region tells of it."""

    region: str
    reference: StatusReference


@routes.get("/v1/cases/{case_id}/identity-status")
@operation(query=StakesAsked, answers={200: IdentityStatus})
async def show(request: web.Request) -> web.Response:
    """Tell whether the answer that a case's applicant was verified by still counts."""
    known_query(request, *StakesAsked.__annotations__)
    stakes = query(request, "stakes", Stakes, "`low` or `high`") or Stakes.HIGH
    actor, app = actor_of(request), request.app
    case = await asyncio.to_thread(app[LEDGER].find, case_id(request))
    if case is None:
        raise CaseNotFound("there is no such case")
    require_reader(actor, case)
    relied = await asyncio.to_thread(_relied, app[LEDGER], app[VERIFICATIONS], case.id)
    if relied is None:
        return json_response({"case_id": case.id, "state": "not-listed"})
    standing = await _standing(app, relied, stakes)
    return json_response(
        {
            "case_id": case.id,
            "state": "revoked" if standing.revoked else "valid",
            "region": relied.region,
            "list": relied.reference.uri,
            "index": relied.reference.index,
            "as_of": standing.as_of,
            "age_seconds": int(standing.age.total_seconds()),
        }
    )


def open_rechecking(
    app: web.Application, clients: Clients, trust: Trust, clock: Callable[[], datetime]
) -> None:
    """Let cases be decided only while the answers they rest on still count."""
    app[CHECKER] = StatusChecker(fetch=clients.status_list, trust=trust, clock=clock)
    app[TAKEN_BACK] = lambda case: _taken_back(app, case)


async def _taken_back(app: web.Application, case: UUID) -> bool:
    """Say whether the answer a case rests on was taken back.

    It raises `StatusUnknown` where that cannot be told as of now; of who was not
    verified by a region there is nothing to ask.
    """
    relied = await asyncio.to_thread(_relied, app[LEDGER], app[VERIFICATIONS], case)
    return relied is not None and (await _standing(app, relied, Stakes.HIGH)).revoked


async def _standing(app: web.Application, relied: _Relied, stakes: Stakes) -> Standing:
    try:
        return await app[CHECKER].check(relied.region, relied.reference, stakes=stakes)
    except TokenRefused as error:
        raise StatusUnknown(f"{relied.region}: its list does not tell of this") from error


def _relied(ledger: Ledger, verifications: Verifications, case: UUID) -> _Relied | None:
    entries = ledger.entries(case, opened=False)
    found = [each.event for each in entries if isinstance(each.event, ApplicantVerified)]
    if not found:
        return None
    verification: Verification | None = verifications.load(found[-1].verification)
    if verification is None or verification.status is None:
        return None
    uri, index = verification.status
    reference = StatusReference(uri=uri, index=index)
    return _Relied(region=verification.jurisdiction, reference=reference)
