"""Two cases across regions, walked through the public HTTP API of both.

A resident of Hong Kong applies in Guangdong (全程网办). A resident of Guangxi applies
in Guangdong at a window in Nanning (代收代办), and Nanning's own office is asked for
its opinion before Zhaoqing decides (多地联办).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from aiohttp import ClientSession

from demo.calls import SECONDS, act, browser, call, collected, session, upload
from demo.errors import DemoFailed
from demo.three_regions import GUANGDONG, GUANGXI, Running
from demo.walk import Say, verified_in_hong_kong

T = TypeVar("T")

ITEM = "gd.zhaoqing.pension-transfer-in"
DECIDING = "gd.zhaoqing.social-insurance"
WINDOW = "gx.nanning.government-services"
ASKED = "gx.nanning.social-insurance"
ONLINE_ITEM = "gd.zhaoqing.food-operation-licence"
RESIDENT = {
    "document_type": "resident_identity",
    "document_number": "459999199003070025",
    "name_zh": "样本一",
}


async def hand_over(guangdong: Running, guangxi: Running, say: Say) -> None:
    """Walk the cases to their end; raises `DemoFailed`."""
    async with browser(guangdong.url) as gd, browser(guangxi.url) as gx:
        await _know_each_other(guangdong, gd)
        await _know_each_other(guangxi, gx)
        await _applies_online(gd, say)
        window = await _taken_at_a_window(gx, guangxi, say)
        receipt = (await _until(gx, window, lambda shown: shown["receipt"]))["receipt"]
        say(f"  Zhaoqing's receipt: {receipt}")
        case = await _of_receipt(
            gd, session(guangdong.home, guangdong.url, "clerk", DECIDING), receipt
        )
        await _corrected_at_the_window(gd, gx, guangdong, window, case, say)
        await _judged_together(gd, gx, guangdong, guangxi, case, say)
        ended = await _until(gx, window, lambda shown: shown["is_over"])
        say(f"  at the window in Nanning the case reads {ended['status']}")


async def _know_each_other(region: Running, http: ClientSession) -> None:
    """Wait for what was enrolled beside the running service, which looks every second."""
    supervisor = session(region.home, region.url, "supervisor", None)

    async def listed() -> Any:
        return (await call(http, "GET", "/v1/partners", supervisor))["partners"]

    await _soon(listed)


async def _applies_online(gd: ClientSession, say: Say) -> None:
    applicant = await verified_in_hong_kong(gd, say)
    say("They apply to Zhaoqing's market regulator online")
    digest = await upload(gd, applicant, "application-form")
    opened = await call(
        gd,
        "POST",
        "/v1/cases",
        applicant,
        {
            "item": ONLINE_ITEM,
            "form": {
                "business_name": "Sample Tea House 樣本茶室",
                "premises": "1 Example Road",
            },
            "materials": {"application-form": digest},
        },
    )
    say(f"  receipt {opened['receipt']}")


async def _taken_at_a_window(gx: ClientSession, guangxi: Running, say: Say) -> "_Followed":
    say("At a window in Nanning a resident of Guangxi is checked against Guangxi's register")
    clerk = session(guangxi.home, guangxi.url, "clerk", WINDOW)
    begun = await call(
        gx,
        "POST",
        "/v1/verifications/regions",
        clerk,
        {
            "region": GUANGXI,
            "purpose": ITEM,
            "legal_basis": "Personal Information Protection Law art. 13(1)(3)",
            "identifiers": RESIDENT,
            "fields": ["document_number", "name_zh"],
        },
    )
    agent = await collected(gx, begun)
    say("The clerk takes their application for Zhaoqing and forwards it")
    digest = await upload(gx, agent, "application-form")
    taken = await call(
        gx,
        "POST",
        "/v1/handovers",
        agent,
        {
            "mode": "collect",
            "to": GUANGDONG,
            "item": ITEM,
            "basis": "duty",
            "form": {"former_place": "Nanning"},
            "materials": {"application-form": digest},
        },
    )
    return _Followed(session=agent, id=taken["handover_id"])


async def _corrected_at_the_window(
    gd: ClientSession,
    gx: ClientSession,
    guangdong: Running,
    window: "_Followed",
    case: str,
    say: Say,
) -> None:
    say("Zhaoqing tells once what is missing; the window in Nanning brings it")
    clerk = session(guangdong.home, guangdong.url, "clerk", DECIDING)
    missing = {"contribution-record": "The record of contributions is missing."}
    await act(gd, case, "correction-requests", clerk, {"deficiencies": missing})
    await _until(gx, window, lambda shown: shown["status"] == "CORRECTION_REQUESTED")
    digest = await upload(gx, window.session, "contribution-record")
    brought = {"materials": {"contribution-record": digest}}
    path = f"/v1/handovers/{window.id}/corrections"
    await call(gx, "POST", path, window.session, brought)
    await _until(gx, window, lambda shown: shown["status"] == "RECEIVED")


async def _judged_together(
    gd: ClientSession,
    gx: ClientSession,
    guangdong: Running,
    guangxi: Running,
    case: str,
    say: Say,
) -> None:
    clerk, reviewer, approver = (
        session(guangdong.home, guangdong.url, role, DECIDING)
        for role in ("clerk", "reviewer", "approver")
    )
    say("Zhaoqing accepts, and asks the social insurance of Nanning for its opinion")
    await act(gd, case, "acceptances", clerk, {})
    question = {
        "region": GUANGXI,
        "authority": ASKED,
        "question": "Are the contributions of these years on record?",
        "basis": "duty",
        "materials": ["application-form"],
    }
    await act(gd, case, "joint-reviews", reviewer, question)

    say("A reviewer in Nanning reads the material and answers; Zhaoqing decides")
    asked = session(guangxi.home, guangxi.url, "reviewer", ASKED)
    review = await _asked_of(gx, asked)
    opinion = {"recommendation": "grant", "findings": "They are, without a gap."}
    path = f"/v1/handovers/{review}/opinions"
    await call(gx, "POST", path, asked, opinion)
    await _opinion_is_there(gd, case, reviewer)
    findings = {"recommendation": "grant", "findings": "Nothing is missing."}
    await act(gd, case, "reviews", reviewer, findings)
    await act(gd, case, "grants", approver, {"result": "PT-SAMPLE-0001"})
    await act(gd, case, "services", clerk, {"means": "online, in the portal"})
    await act(gd, case, "closures", clerk, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Followed:
    """A hand-over, and the session it is followed with."""

    session: str
    id: str


async def _until(
    gx: ClientSession, followed: _Followed, holds: Callable[[dict[str, Any]], Any]
) -> dict[str, Any]:
    """Return the hand-over once `holds` is true of it."""

    async def shown() -> dict[str, Any]:
        path = f"/v1/handovers/{followed.id}"
        handover: dict[str, Any] = (await call(gx, "GET", path, followed.session))["handover"]
        return handover if holds(handover) else {}

    return await _soon(shown)


async def _of_receipt(gd: ClientSession, clerk: str, receipt: str) -> str:
    rows = (await call(gd, "GET", "/v1/cases", clerk))["cases"]
    return next(str(row["id"]) for row in rows if row["number"] == receipt)


async def _asked_of(gx: ClientSession, reviewer: str) -> str:
    async def listed() -> list[dict[str, Any]]:
        rows = (await call(gx, "GET", "/v1/handovers", reviewer))["handovers"]
        return [row for row in rows if row["status"] == "OPINION_ASKED"]

    return str((await _soon(listed))[0]["id"])


async def _opinion_is_there(gd: ClientSession, case: str, reviewer: str) -> None:
    async def told() -> bool:
        shown = await call(gd, "GET", f"/v1/cases/{case}/timeline", reviewer)
        return any(row["event"] == "joint_opinion.received.v1" for row in shown["timeline"])

    await _soon(told)


async def _soon(look: Callable[[], Awaitable[T]]) -> T:
    """Return what `look` finds, once it finds something; messages take a moment."""
    for _ in range(int(SECONDS / _PAUSE)):
        found = await look()
        if found:
            return found
        await asyncio.sleep(_PAUSE)
    raise DemoFailed("a message between the regions did not arrive in time")


_PAUSE = 0.1
