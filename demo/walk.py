"""One case across the border, walked through the public HTTP API.

A resident of Hong Kong applies to an authority in Zhaoqing. Everything is done
as a client would do it. The people are made up, and the other sides are
simulators that say so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from aiohttp import ClientSession

from demo.calls import act, call, client, collected, session, upload
from demo.errors import DemoFailed
from ledger.home import Home
from service.settings import METHOD

ITEM = "gd.zhaoqing.food-operation-licence"
AUTHORITY = "gd.zhaoqing.market-regulation"
Say = Callable[[str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """What a walk leaves: the case, and sessions to try more with."""

    url: str
    case_id: str
    receipt: str
    applicant: str = field(repr=False)
    staff: Mapping[str, str] = field(repr=False)
    timeline: list[dict[str, Any]]


async def walk(url: str, home: Home, say: Say) -> Walked:
    """Walk the case from verification to closure; raises `DemoFailed`."""
    async with client(url) as http:
        applicant = await verified_in_hong_kong(http, say)
        staff = {
            role: session(home, role, AUTHORITY) for role in ("clerk", "reviewer", "approver")
        }
        case_id, receipt = await _application(http, applicant, say)
        await _through_intake(http, case_id, applicant, staff["clerk"], say)
        await _to_decision(http, case_id, applicant, staff, say)
        await _ask_guangxi(http, staff["clerk"], say)
        staff["supervisor"] = session(home, "supervisor", None)
        shown = await call(http, "GET", f"/v1/cases/{case_id}/timeline", applicant)
        return Walked(
            url=url,
            case_id=case_id,
            receipt=receipt,
            applicant=applicant,
            staff=staff,
            timeline=shown["timeline"],
        )


async def verified_in_hong_kong(http: ClientSession, say: Say) -> str:
    """Return the session of a resident who goes to the page and agrees."""
    say("A Hong Kong resident proves who they are on iAM Smart's page (simulated)")
    begun = await call(
        http, "POST", "/v1/verifications", body={"method": METHOD, "purpose": ITEM}
    )
    form = {"resident": "chan", "decision": "approve"}
    async with http.post(begun["page"], data=form) as page:
        if page.status != 200:
            raise DemoFailed(f"iAM Smart's page answered {page.status}")
    return await collected(http, begun)


async def _application(http: ClientSession, applicant: str, say: Say) -> tuple[str, str]:
    say("They apply to Zhaoqing's market regulator for a food operation licence")
    digest = await upload(http, applicant, "application-form")
    opened = await call(
        http,
        "POST",
        "/v1/cases",
        applicant,
        {
            "item": ITEM,
            "form": {
                "business_name": "Sample Tea House 樣本茶室",
                "premises": "1 Example Road",
            },
            "materials": {"application-form": digest},
        },
    )
    say(f"  receipt {opened['receipt']}")
    return opened["case_id"], opened["receipt"]


async def _through_intake(
    http: ClientSession, case_id: str, applicant: str, clerk: str, say: Say
) -> None:
    say("The window tells once what is missing; the applicant mends it")
    missing = {"layout-plan": "The layout plan of the kitchen is missing."}
    await act(http, case_id, "correction-requests", clerk, {"deficiencies": missing})
    plan = await upload(http, applicant, "layout-plan")
    await act(http, case_id, "corrections", applicant, {"materials": {"layout-plan": plan}})

    say("The window accepts with tolerance: the safety rules may come later")
    deferral = {
        "material": "food-safety-rules",
        "form": "a PDF of the rules, uploaded",
        "consequence": "the acceptance lapses and the case ends",
    }
    await act(http, case_id, "tolerant-acceptances", clerk, {"deferred": [deferral]})


async def _to_decision(
    http: ClientSession, case_id: str, applicant: str, staff: Mapping[str, str], say: Say
) -> None:
    say("The applicant commits in place of a proof, and brings what was owed")
    item = (await call(http, "GET", f"/v1/items/{ITEM}"))["item"]
    wording = item["commitment"]["text"]["hant"]
    await act(
        http,
        case_id,
        "commitments",
        applicant,
        {
            "materials": ["premises-proof"],
            "text_digest": sha256(wording.encode()).hexdigest(),
            "language": "hant",
        },
    )
    rules = await upload(http, applicant, "food-safety-rules")
    await act(
        http, case_id, "supplements", applicant, {"materials": {"food-safety-rules": rules}}
    )

    say("A reviewer examines, someone else decides, the decision is served")
    findings = {"recommendation": "grant", "findings": "The kitchen meets the standard."}
    await act(http, case_id, "reviews", staff["reviewer"], findings)
    await act(http, case_id, "grants", staff["approver"], {"result": "JY-SAMPLE-0001"})
    await act(http, case_id, "services", staff["clerk"], {"means": "online, in the portal"})
    await act(http, case_id, "closures", staff["clerk"], {})


async def _ask_guangxi(http: ClientSession, clerk: str, say: Say) -> None:
    say("At the next window Guangxi (simulated) confirms one of its residents, field by field")
    begun = await call(
        http,
        "POST",
        "/v1/verifications/regions",
        clerk,
        {
            "region": "CN-GX",
            "purpose": "gd.cross-province.trial",
            "legal_basis": "Personal Information Protection Law art. 13(1)(3)",
            "identifiers": {
                "document_type": "resident_identity",
                "document_number": "459999199003070025",
                "name_zh": "样本一",
            },
            "fields": ["document_number", "name_zh"],
        },
    )
    await collected(http, begun)
