"""Codes on paper over HTTP: given to whoever applied, and checked by anyone.

Whoever checks a code learns what stands on it and whether it still holds, and of
the case no more than a few characters of its receipt, to compare with the paper.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from typing import Annotated, Any
from uuid import UUID

import msgspec
from aiohttp import web

from cose import Signer
from identity.paper import LIFETIME, PaperCode, issue_code, read_code, truncated_commitment
from identity.trust import Trust
from ledger.actor import Actor
from ledger.application import Ledger
from ledger.code_events import CodeIssued
from ledger.codes import Codes, result_of
from ledger.http import actor_of
from ledger.http.parameters import case_id
from ledger.revocations import Revocations, place_of
from rest import count_address, json_body, json_response, operation
from service.answers import CodeChecked, CodeGiven
from service.edge import Edge
from service.key_watch import KEY_WATCH
from service.region import Region
from service.revoking import REVOCATIONS

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperDesk:
    """Gives codes out for `region` and checks those of every region in `trust`."""

    region: str
    codes: Codes
    revocations: Revocations
    signer: Callable[[], Signer]
    trust: Callable[[], Trust]
    clock: Callable[[], datetime]
    random: Callable[[int], bytes] = field(repr=False)

    def issue(self, case_id: UUID, actor: Actor) -> dict[str, Any]:
        """Record a code of what was decided of a case, and return it."""
        case, signer = self.codes.decided(case_id, actor), self.signer()
        cti, salt = self.random(8), self.random(16)
        now = self.clock().replace(microsecond=0)
        code = PaperCode(
            issuer=self.region,
            issued_at=now,
            expires_at=now + LIFETIME,
            cti=cti,
            case_commitment=truncated_commitment(salt, case.id.bytes),
            purpose=case.item,
            result=result_of(case),
        )
        written = issue_code(code, signer)
        entry = self.codes.record(case, actor, cti=cti, salt=salt, expires_at=code.expires_at)
        return {"code": written, "expires_at": code.expires_at, "position": entry.position}

    def check(self, written: str) -> dict[str, Any]:
        """Say what a code proves and whether it still holds, or raise `TokenRefused`."""
        now = self.clock()
        code = read_code(written, self.trust(), now=now)
        receipt, status = self._standing(code, now)
        holds = "expired" if now >= code.expires_at else "holds"
        return {
            "verdict": holds if status["state"] == "valid" else status["state"],
            "issuer": code.issuer,
            "purpose": code.purpose,
            "result": code.result,
            "issued_at": code.issued_at,
            "expires_at": code.expires_at,
            "receipt": receipt,
            "status": status,
        }

    def _standing(self, code: PaperCode, now: datetime) -> tuple[str | None, dict[str, Any]]:
        """Return the masked receipt and what our log says now; of others' codes, nothing."""
        told: dict[str, Any] = {"as_of": now, "age_seconds": 0}
        if code.issuer != self.region:
            return None, {"state": "unknown", "as_of": None, "age_seconds": None}
        entry = self.codes.find(code.cti)
        if entry is None or not isinstance(entry.event, CodeIssued):
            return None, {"state": "unknown", **told}
        event = entry.event
        commitment = truncated_commitment(event.salt, event.case.bytes)
        case = self.codes.case_of(event)
        if case is None or not compare_digest(commitment, code.case_commitment):
            return None, {"state": "unknown", **told}
        name, index = place_of(entry.position)
        if index in (self.revocations.of_list(name) or ()):
            state = "revoked"
        else:
            state = "valid" if result_of(case) == code.result else "superseded"
        return _masked(case.receipt), {"state": state, "list": name, "index": index, **told}


PAPER_DESK = web.AppKey("paper_desk", PaperDesk)


def open_codes(app: web.Application, ledger: Ledger, *, region: Region, edge: Edge) -> None:
    """Let `region` give out codes, and check its own and those of whoever it trusts."""
    watch = app[KEY_WATCH]
    app[PAPER_DESK] = PaperDesk(
        region=region.name,
        codes=Codes(ledger),
        revocations=app[REVOCATIONS],
        signer=region.own.signing("paper"),
        trust=lambda: region.trust.with_issuer(region.name, watch.keys.records),
        clock=edge.clock,
        random=edge.random,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCode:
    """The text of a QR code."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=800)] = field(repr=False)


@routes.post("/v1/cases/{case_id}/codes")
@operation(answers={201: CodeGiven})
async def issue(request: web.Request) -> web.Response:
    """Give whoever applied a code of what was decided, to be printed."""
    count_address(request)
    actor, case = actor_of(request), case_id(request)
    issued = await asyncio.to_thread(request.app[PAPER_DESK].issue, case, actor)
    return json_response(issued, status=201)


@routes.post("/v1/codes/check")
@operation(body=CheckCode, answers={200: CodeChecked})
async def check(request: web.Request) -> web.Response:
    """Tell anyone what a code proves and whether it still holds."""
    count_address(request)
    body = await json_body(request, CheckCode)
    return json_response(await asyncio.to_thread(request.app[PAPER_DESK].check, body.code))


def _masked(receipt: str) -> str:
    """Return a receipt of which enough is left to compare, and too little to use."""
    return f"{receipt[:4]}…{receipt[-4:]}" if len(receipt) > 12 else "…"
