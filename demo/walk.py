"""One case across the border, walked through the public HTTP API.

A resident of Hong Kong applies to an authority in Zhaoqing. Everything is done
as a client would do it. The people are made up, and the other sides are
simulators that say so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from aiohttp import ClientSession

from client import Applicant, Department
from demo.calls import SECONDS, browser, call, collected, document, session, telling
from demo.errors import DemoFailed
from ledger.answers.entries import TimelineRow
from ledger.home import Home
from service.settings import METHOD

ITEM = "gd.zhaoqing.food-operation-licence"
AUTHORITY = "gd.zhaoqing.market-regulation"
Say = Callable[[str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """What a walk leaves: the case, and sessions to try more with."""

    url: str
    case_id: UUID
    receipt: str
    applicant: str = field(repr=False)
    staff: Mapping[str, str] = field(repr=False)
    timeline: list[TimelineRow]


async def walk(url: str, home: Home, say: Say) -> Walked:
    """Walk the case from verification to closure; raises `DemoFailed`."""
    async with browser(url) as http:
        session_of = await verified_in_hong_kong(http, say)
        applicant = Applicant(http, session_of)
        staff = {
            role: session(home, url, role, AUTHORITY)
            for role in ("clerk", "reviewer", "approver")
        }
        offices = {role: Department(http, each) for role, each in staff.items()}
        with telling("the walk"):
            case_id, receipt = await _application(applicant, say)
            await _through_intake(case_id, applicant, offices["clerk"], say)
            await _to_decision(case_id, applicant, offices, say)
            applicant.position = offices["clerk"].position
            timeline = await applicant.timeline(case_id)
        await _ask_guangxi(http, staff["clerk"], say)
        staff["supervisor"] = session(home, url, "supervisor", None)
        return Walked(
            url=url,
            case_id=case_id,
            receipt=receipt,
            applicant=session_of,
            staff=staff,
            timeline=timeline,
        )


async def verified_in_hong_kong(http: ClientSession, say: Say) -> str:
    """Return the session of a resident who goes to the page and agrees."""
    say("A Hong Kong resident proves who they are on iAM Smart's page (simulated)")

    async def go(page: str) -> None:
        form = {"resident": "chan", "decision": "approve"}
        async with http.post(page, data=form) as shown:
            if shown.status != 200:
                raise DemoFailed(f"iAM Smart's page answered {shown.status}")

    with telling("the verification"):
        applicant = await Applicant.verified(
            http, method=METHOD, purpose=ITEM, go=go, seconds=SECONDS
        )
    return applicant.session or ""


async def _application(applicant: Applicant, say: Say) -> tuple[UUID, str]:
    say("They apply to Zhaoqing's market regulator for a food operation licence")
    opened = await applicant.apply(
        ITEM,
        {"business_name": "Sample Tea House 樣本茶室", "premises": "1 Example Road"},
        {"application-form": await applicant.upload(document("application-form"))},
    )
    say(f"  receipt {opened['receipt']}")
    return opened["case_id"], opened["receipt"]


async def _through_intake(
    case: UUID, applicant: Applicant, clerk: Department, say: Say
) -> None:
    say("The window tells once what is missing; the applicant mends it")
    missing = {"layout-plan": "The layout plan of the kitchen is missing."}
    await clerk.act(case, "correction-requests", deficiencies=missing)
    plan = await applicant.upload(document("layout-plan"))
    await applicant.act(case, "corrections", materials={"layout-plan": plan})

    say("The window accepts with tolerance: the safety rules may come later")
    deferral = {
        "material": "food-safety-rules",
        "form": "a PDF of the rules, uploaded",
        "consequence": "the acceptance lapses and the case ends",
    }
    await clerk.act(case, "tolerant-acceptances", deferred=[deferral])


async def _to_decision(
    case: UUID, applicant: Applicant, offices: Mapping[str, Department], say: Say
) -> None:
    say("The applicant commits in place of a proof, and brings what was owed")
    digests = (await applicant.item(ITEM))["commitment_digests"]
    if digests is None:
        raise DemoFailed(f"{ITEM} has nothing to commit to")
    await applicant.act(
        case,
        "commitments",
        materials=["premises-proof"],
        text_digest=digests["hant"],
        language="hant",
    )
    rules = await applicant.upload(document("food-safety-rules"))
    await applicant.act(case, "supplements", materials={"food-safety-rules": rules})

    say("A reviewer examines, someone else decides, the decision is served")
    findings = "The kitchen meets the standard."
    reviewer, approver, clerk = (offices[r] for r in ("reviewer", "approver", "clerk"))
    await reviewer.act(case, "reviews", recommendation="grant", findings=findings)
    await approver.act(case, "grants", result="JY-SAMPLE-0001")
    await clerk.act(case, "services", means="online, in the portal")
    await clerk.act(case, "closures")


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
