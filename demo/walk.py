"""One case across the border, walked through the public HTTP API.

A resident of Hong Kong applies to an authority in Zhaoqing. Everything is done
as a client would do it. The people are made up, and the other sides are
simulators that say so.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from aiohttp import ClientSession, CookieJar

from demo.errors import DemoFailed
from ledger.actor import Role
from ledger.home import Home
from server import issue_session
from service.settings import METHOD

ITEM = "gd.zhaoqing.food-operation-licence"
AUTHORITY = "gd.zhaoqing.market-regulation"
SECONDS = 20.0

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
    async with ClientSession(url, cookie_jar=CookieJar(unsafe=True)) as http:
        applicant = await _verified_in_hong_kong(http, say)
        staff = {role: _session(home, role) for role in ("clerk", "reviewer", "approver")}
        case_id, receipt = await _application(http, applicant, say)
        await _through_intake(http, case_id, applicant, staff["clerk"], say)
        await _to_decision(http, case_id, applicant, staff, say)
        await _ask_guangxi(http, staff["clerk"], say)
        staff["supervisor"] = _session(home, "supervisor", authority=None)
        shown = await _call(http, "GET", f"/v1/cases/{case_id}/timeline", applicant)
        return Walked(
            url=url,
            case_id=case_id,
            receipt=receipt,
            applicant=applicant,
            staff=staff,
            timeline=shown["timeline"],
        )


async def _verified_in_hong_kong(http: ClientSession, say: Say) -> str:
    say("A Hong Kong resident proves who they are on iAM Smart's page (simulated)")
    begun = await _call(
        http, "POST", "/v1/verifications", body={"method": METHOD, "purpose": ITEM}
    )
    form = {"resident": "chan", "decision": "approve"}
    async with http.post(begun["page"], data=form) as page:
        if page.status != 200:
            raise DemoFailed(f"iAM Smart's page answered {page.status}")
    return await _collected(http, begun)


async def _collected(http: ClientSession, begun: dict[str, Any]) -> str:
    async with asyncio.timeout(SECONDS):
        while True:
            path = f"/v1/verifications/{begun['id']}/result"
            result = await _call(http, "POST", path, body={"claim": begun["claim"]})
            if result["status"] == "succeeded":
                return str(result["session"])
            if result["status"] != "pending":
                raise DemoFailed(f"the verification is {result['status']}")
            await asyncio.sleep(0.05)


async def _application(http: ClientSession, applicant: str, say: Say) -> tuple[str, str]:
    say("They apply to Zhaoqing's market regulator for a food operation licence")
    digest = await _upload(http, applicant, "application-form")
    opened = await _call(
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
    await _act(http, case_id, "correction-requests", clerk, {"deficiencies": missing})
    plan = await _upload(http, applicant, "layout-plan")
    await _act(http, case_id, "corrections", applicant, {"materials": {"layout-plan": plan}})

    say("The window accepts with tolerance: the safety rules may come later")
    deferral = {
        "material": "food-safety-rules",
        "form": "a PDF of the rules, uploaded",
        "consequence": "the acceptance lapses and the case ends",
    }
    await _act(http, case_id, "tolerant-acceptances", clerk, {"deferred": [deferral]})


async def _to_decision(
    http: ClientSession, case_id: str, applicant: str, staff: Mapping[str, str], say: Say
) -> None:
    say("The applicant commits in place of a proof, and brings what was owed")
    item = (await _call(http, "GET", f"/v1/items/{ITEM}"))["item"]
    wording = item["commitment"]["text"]["hant"]
    await _act(
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
    rules = await _upload(http, applicant, "food-safety-rules")
    await _act(
        http, case_id, "supplements", applicant, {"materials": {"food-safety-rules": rules}}
    )

    say("A reviewer examines, someone else decides, the decision is served")
    findings = {"recommendation": "grant", "findings": "The kitchen meets the standard."}
    await _act(http, case_id, "reviews", staff["reviewer"], findings)
    await _act(http, case_id, "grants", staff["approver"], {"result": "JY-SAMPLE-0001"})
    await _act(http, case_id, "services", staff["clerk"], {"means": "online, in the portal"})
    await _act(http, case_id, "closures", staff["clerk"], {})


async def _ask_guangxi(http: ClientSession, clerk: str, say: Say) -> None:
    say("At the next window Guangxi (simulated) confirms one of its residents, field by field")
    begun = await _call(
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
    await _collected(http, begun)


async def _upload(http: ClientSession, applicant: str, kind: str) -> str:
    content = _pdf(kind)
    digest = sha256(content).hexdigest()
    headers = {"Authorization": f"Bearer {applicant}"}
    path = f"/v1/materials/{digest}"
    async with http.put(path, data=content, headers=headers) as response:
        if response.status != 201:
            raise DemoFailed(f"uploading {kind}: {response.status} {await response.text()}")
    return digest


async def _act(
    http: ClientSession, case_id: str, act: str, session: str, body: Mapping[str, Any]
) -> None:
    await _call(http, "POST", f"/v1/cases/{case_id}/{act}", session, body)


async def _call(
    http: ClientSession,
    method: str,
    path: str,
    session: str | None = None,
    body: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    headers = {} if session is None else {"Authorization": f"Bearer {session}"}
    async with http.request(method, path, json=body, headers=headers) as response:
        if response.status >= 400:
            raise DemoFailed(f"{method} {path}: {response.status} {await response.text()}")
        answer: dict[str, Any] = await response.json()
        return answer


def _session(home: Home, role: str, authority: str | None = AUTHORITY) -> str:
    return issue_session(
        home,
        role=Role(role),
        id=f"{role}-1",
        authority=authority,
    )


def _pdf(kind: str) -> bytes:
    """A small PDF that says what it stands for."""
    text = f"BT /F1 18 Tf 72 720 Td (Sample {kind}) Tj ET"
    return (
        "%PDF-1.4\n"
        "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        "/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
        f"4 0 obj<</Length {len(text)}>>stream\n{text}\nendstream endobj\n"
        "trailer<</Root 1 0 R>>\n%%EOF\n"
    ).encode()
