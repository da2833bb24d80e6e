"""One request for every operation that can be asked of a service alone, as it should be asked.

The posts that `sending_twice` has are taken from there. What is left out is named with
its reason in `OF_OTHERS`.
"""

import base64
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from aiohttp import web

from tests.service import residents
from tests.service.enterprises import AGENT, acting
from tests.service.persons import closed_case
from tests.service.running import ELSEWHERE, ITEM, Service, serving
from tests.service.sending_twice import GROUND, REQUESTS
from tests.service.test_bindings import bind
from tests.service.test_window import ASKED
from tests.service.visitor import PDF, Visitor

ACTED = "/v1/cases/{case_id}/{act}"
PARTNER = "CN-GX"
PENSION, WINDOW = "gd.zhaoqing.pension-transfer-in", "gd.zhaoqing.government-services"
OF_OTHERS = {
    "POST /add-checkpoint": "a partner signs it",
    "GET /log/cosigned": "a witness signs it",
    "GET /log/witnessed": "another log sends it",
    "POST /v1/verifications/{id}/assertion": "a partner signs it",
    "POST /verifications": "a partner signs it",
    "POST /partner/messages": "a partner signs it",
    "PUT /partner/messages/{message}/materials/{digest}": "a partner's message names it",
    "POST /v1/verifications/callbacks/{method}": "a provider signs it",
    "GET /v1/verifications/{id}/proof": "a partner answered it",
    "GET /v1/staff/callback": "a provider sends it",
    "GET /v1/staff/sign-in": "a provider is needed",
    "POST /v1/handovers/{handover_id}/corrections": "a partner asks for it",
    "POST /v1/handovers/{handover_id}/supplements": "a partner asks for it",
    "POST /v1/handovers/{handover_id}/opinions": "a partner asks for it",
    "PUT /v1/handovers/{handover_id}/materials/{digest}": "a partner asks for it",
}
"""What nobody gets to the end of without another system; who asks, others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A request that is granted when it is the first of its kind."""

    who: Visitor
    path: str
    query: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None


@asynccontextmanager
async def prepared_for(service: Service) -> AsyncIterator[dict[str, Ready]]:
    """Let there be all that is asked about; a receiver answers as long as it is asked."""
    receiver = _Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.answer)
    async with serving(app) as url:
        ready = await _posts(service)
        ready |= await _acts(service)
        ready |= await _cases(service)
        ready |= await _own(service)
        ready |= await _persons(service)
        ready |= await _handovers(service)
        ready |= await _subscriptions(service, receiver, f"{url}/hook")
        yield ready | await _open(service)


async def _posts(service: Service) -> dict[str, Ready]:
    ready = {}
    for path, make in REQUESTS.items():
        if path != ACTED and f"POST {path}" not in OF_OTHERS:
            made = await make(service)
            ready[f"POST {path}"] = Ready(who=made.who, path=made.path, body=made.body)
    return ready


@dataclass(frozen=True, slots=True)
class _Case:
    """A case that waits for an act, and who may do something with it."""

    service: Service
    person: Visitor
    id: str
    digest: str

    async def did(self, role: str, act: str, body: Any = None) -> None:
        answer = await self.by(role).act(self.id, act, body)
        assert answer.status == 200, (act, answer.body)

    def by(self, role: str) -> Visitor:
        own = role == "applicant"
        return self.person if own else self.service.official(role, f"{role}-ready")


DEFERRED = {"deferred": [{"material": "food-safety-rules", "form": "PDF", "consequence": "-"}]}
GRANT = {"recommendation": "grant", "findings": "The kitchen meets the standard."}


async def _accepted(case: _Case) -> None:
    await case.did("clerk", "acceptances")


async def _asked(case: _Case) -> None:
    await case.did("clerk", "correction-requests", {"deficiencies": {"layout-plan": "dark"}})


async def _tolerated(case: _Case) -> None:
    await case.did("clerk", "tolerant-acceptances", DEFERRED)


async def _reviewed(case: _Case) -> None:
    await _accepted(case)
    await case.did("reviewer", "reviews", GRANT)


async def _decided(case: _Case) -> None:
    await _reviewed(case)
    await case.did("approver", "grants", {"result": "JY-SAMPLE-1"})


async def _served(case: _Case) -> None:
    await _decided(case)
    await case.did("clerk", "services", {"means": "portal"})


async def _received(_case: _Case) -> None:
    """Nothing was done with it yet."""


ALL = ("application-form", "layout-plan", "food-safety-rules", "premises-proof")
SOME = ("application-form", "layout-plan")
_Led = Callable[[_Case], Awaitable[None]]
ACTS: dict[str, tuple[str, tuple[str, ...], _Led, dict[str, Any]]] = {
    "correction-requests": (
        "clerk", SOME, _received, {"deficiencies": {"premises-proof": "missing"}}
    ),
    "corrections": ("applicant", SOME, _asked, {"materials": {"layout-plan": ...}}),
    "acceptances": ("clerk", ALL, _received, {}),
    "tolerant-acceptances": ("clerk", SOME, _received, DEFERRED),
    "intake-rejections": (
        "reviewer", SOME, _received, {"competent_body": "another office", "reasons": "not ours"}
    ),
    "not-required": ("reviewer", SOME, _received, {"reasons": "none is needed"}),
    "commitments": ("applicant", SOME, _received, {"materials": ["premises-proof"]}),
    "supplements": ("applicant", SOME, _tolerated, {"materials": {"food-safety-rules": ...}}),
    "reviews": ("reviewer", ALL, _accepted, GRANT),
    "grants": ("approver", ALL, _reviewed, {"result": "JY-SAMPLE-2"}),
    "refusals": ("approver", ALL, _reviewed, {"reasons": "It does not meet the standard."}),
    "services": ("clerk", ALL, _decided, {"means": "portal"}),
    "closures": ("clerk", ALL, _served, {}),
    "withdrawals": ("applicant", SOME, _received, {}),
}  # fmt: skip
"""Who does it, with which materials handed in before, led how far, and what is sent."""


async def _acts(service: Service) -> dict[str, Ready]:
    commitment = service.ledger.book.catalogue.current(ITEM).commitment
    assert commitment is not None
    said = {
        "text_digest": sha256(commitment.text.hant.encode()).hexdigest(),
        "language": "hant",
    }
    ready = {}
    for act, (role, kinds, led, body) in ACTS.items():
        case = await _opened(service, kinds)
        await led(case)
        told = body | (said if act == "commitments" else {})
        if isinstance(materials := told.get("materials"), dict):
            told["materials"] = dict.fromkeys(materials, case.digest)
        ready[f"POST /v1/cases/{{case_id}}/{act}"] = Ready(
            who=case.by(role), path=f"/v1/cases/{case.id}/{act}", body=told
        )
    return ready


async def _opened(service: Service, kinds: tuple[str, ...] = ALL) -> _Case:
    person = await service.applicant()
    case = await service.apply(person, *kinds)
    return _Case(service, person, case, sha256(PDF).hexdigest())


async def _cases(service: Service) -> dict[str, Ready]:
    """What is read of a case that was led to its end, and of all."""
    person, case = await closed_case(service)
    at = f"/v1/cases/{case}"
    theirs = ("", "/timeline", "/replay", "/steps", "/steps/2", "/applicant", "/evidence",
              "/receipts/2", "/bundles/2", "/identity-status",
              "/materials/layout-plan")  # fmt: skip
    ready = {_shown(part): Ready(who=person, path=at + part) for part in theirs}
    ready["GET /v1/cases/{case_id}/diff"] = Ready(
        who=person, path=f"{at}/diff", query={"from_version": 1, "to_version": 4}
    )
    watching = ("cases", "search", "conflicts", "entries", "feed", "handovers", "partners",
                "refusals", "transfers", "views", "staff-keys", "alerts")  # fmt: skip
    ready |= {
        f"GET /v1/{each}": Ready(who=service.supervisor, path=f"/v1/{each}")
        for each in watching
    }
    exporting = service.session("supervisor", scopes=("read", "export"))
    ready["GET /v1/exports/{format}"] = Ready(who=exporting, path="/v1/exports/ocel-json")
    return ready | await _joint(service)


async def _joint(service: Service) -> dict[str, Ready]:
    """What is asked of an office in another region, about cases that may be."""
    agent = await _at_the_window(service, PENSION)
    reviewer = service.official("reviewer", "r-joint", ELSEWHERE)
    body = {
        "region": PARTNER,
        "authority": "gx.nanning.social-insurance",
        "basis": "duty",
        "question": "Do these contributions stand with you?",
    }
    kinds = ("application-form", "contribution-record")
    application = {
        "item": PENSION,
        "form": {"former_place": "Nanning"},
        "materials": dict.fromkeys(kinds, await agent.upload()),
    }
    paths = []
    for _ in range(2):
        opened = await agent.post("/v1/cases", application)
        assert opened.status == 201, opened.body
        case = opened.body["case_id"]
        assert (await reviewer.act(case, "acceptances")).status == 200
        paths.append(f"/v1/cases/{case}/joint-reviews")
    asked = await reviewer.change(paths[1], body)
    assert asked.status == 201, asked.body
    joint = "POST /v1/cases/{case_id}/joint-reviews"
    one = f"{paths[1]}/{asked.body['review_id']}/withdrawals"
    return {
        joint: Ready(who=reviewer, path=paths[0], body=body),
        f"{joint}/{{review_id}}/withdrawals": Ready(
            who=reviewer, path=one, body={"reason": "not needed"}
        ),
    }


def _shown(part: str) -> str:
    named = part.replace("/2", "/{version}").replace("/layout-plan", "/{kind}")
    return f"GET /v1/cases/{{case_id}}{named}"


async def _own(service: Service) -> dict[str, Ready]:
    """What a person has of their own."""
    person = await residents.came(service, account="ready-own")
    content = PDF + b"% ready"
    digest = sha256(content).hexdigest()
    held = await person.upload()
    telling, leaving, left = [await service.applicant() for _ in range(3)]
    bound = await bind(service, person)
    assert bound.body["status"] == "linked", bound.body
    _, mandate = await acting(service, AGENT, residents.LEE)
    lee = await residents.came(service, residents.LEE)
    reads = ("access-log", "copy", "transfers", "bindings", "contact", "consents", "requests")
    contact = {"address": "ready@mail.example", "language": "en"}
    return {
        **{f"GET /v1/me/{each}": Ready(who=person, path=f"/v1/me/{each}") for each in reads},
        "PUT /v1/me/contact": Ready(who=telling, path="/v1/me/contact", body=contact),
        "DELETE /v1/me/contact": Ready(who=leaving, path="/v1/me/contact"),
        "DELETE /v1/session": Ready(who=left, path="/v1/session"),
        "DELETE /v1/me/bindings/{id}": Ready(
            who=person, path=f"/v1/me/bindings/{bound.body['id']}"
        ),
        "GET /v1/mandates": Ready(who=lee, path="/v1/mandates"),
        "DELETE /v1/mandates/{id}": Ready(who=lee, path=f"/v1/mandates/{mandate['id']}"),
        "GET /v1/materials/{digest}": Ready(who=person, path=f"/v1/materials/{held}"),
        "PUT /v1/materials/{digest}": Ready(
            who=person, path=f"/v1/materials/{digest}", body=content.decode()
        ),
    }


async def _persons(service: Service) -> dict[str, Ready]:
    """What those ask who answer for persons' data."""
    officer = service.session("data-protection-officer", "dpo-ready")
    held, restricted = [
        (await REQUESTS["/v1/subjects/{subject}/restriction"](service)).path.rpartition("/")[0]
        for _ in range(2)
    ]
    hold = await officer.post(f"{held}/holds", {"reason": "litigation"})
    assert hold.status == 201, hold.body
    kept = await officer.post(f"{restricted}/restriction", GROUND)
    assert kept.status == 200, kept.body
    wish = await (await REQUESTS["/v1/me/requests"](service)).send()
    subject = "/v1/subjects/{subject}"
    return {
        **{
            f"GET {subject}{each}": Ready(who=officer, path=held + each)
            for each in ("", "/access-log", "/holds")
        },
        f"DELETE {subject}/restriction": Ready(who=officer, path=f"{restricted}/restriction"),
        f"DELETE {subject}/holds/{{id}}": Ready(
            who=officer, path=f"{held}/holds/{hold.body['holds'][0]['hold']}"
        ),
        "GET /v1/requests": Ready(who=officer, path="/v1/requests"),
        "GET /v1/requests/{id}": Ready(who=officer, path=f"/v1/requests/{wish.body['id']}"),
    }


async def _handovers(service: Service) -> dict[str, Ready]:
    """What is begun at a window, whose other side is away."""
    agent = await _at_the_window(service, PENSION)
    body = {
        "mode": "collect", "to": PARTNER, "item": PENSION, "basis": "duty",
        "form": {"former_place": "Nanning"},
        "materials": {"application-form": await agent.upload()},
    }  # fmt: skip
    begun = await agent.post("/v1/handovers", body)
    assert begun.status == 201, begun.body
    at = f"/v1/handovers/{begun.body['handover_id']}"
    return {
        "POST /v1/handovers": Ready(who=agent, path="/v1/handovers", body=body),
        "GET /v1/handovers/{handover_id}": Ready(who=agent, path=at),
        "GET /v1/handovers/{handover_id}/materials/{kind}": Ready(
            who=agent, path=f"{at}/materials/application-form"
        ),
    }


async def _at_the_window(service: Service, item: str) -> Visitor:
    clerk = service.official("clerk", "c-ready", WINDOW)
    begun = await clerk.post("/v1/verifications/regions", ASKED | {"purpose": item})
    assert begun.status == 201, begun.body
    return Visitor(service.http, (await service.result(begun.body)).body["session"])


class _Receiver:
    """Answers challenges to the subscription that was told to it."""

    secret = ""

    async def answer(self, request: web.Request) -> web.Response:
        told = json.loads(await request.read())
        challenge = told["data"].get("challenge", "")
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        return web.json_response(
            {"answer": hmac.digest(key, challenge.encode(), "sha256").hex()}
        )


async def _subscriptions(service: Service, receiver: _Receiver, url: str) -> dict[str, Ready]:
    person = await service.applicant()
    ready = {"GET /v1/subscriptions": Ready(who=person, path="/v1/subscriptions")}
    subscribed = []
    for _ in range(3):
        made = await person.post("/v1/subscriptions", {"endpoint": url})
        assert made.status == 201, made.body
        subscribed.append(made)
    confirmed, ending, waiting = (str(each.headers["Location"]) for each in subscribed)
    receiver.secret = subscribed[0].body["secret"]
    answer = await person.post(f"{confirmed}/confirmation")
    assert answer.status == 200, answer.body
    receiver.secret = subscribed[2].body["secret"]
    one = "/v1/subscriptions/{id}"
    return ready | {
        f"GET {one}": Ready(who=person, path=confirmed),
        f"GET {one}/dead-letters": Ready(who=person, path=f"{confirmed}/dead-letters"),
        f"POST {one}/redeliveries": Ready(
            who=person, path=f"{confirmed}/redeliveries", body={}
        ),
        f"DELETE {one}": Ready(who=person, path=ending),
        f"POST {one}/confirmation": Ready(who=person, path=f"{waiting}/confirmation", body={}),
    }


async def _open(service: Service) -> dict[str, Ready]:
    """What anyone may ask."""
    certified = await service.session("operator").post("/v1/views/case_list/certificate")
    assert certified.status == 201, certified.body
    begun = await service.begin()
    callback = f"/v1/verifications/callbacks/iamsmart?state={begun['state']}&code=ready"
    path, _, query = callback.partition("?")
    asked = dict(part.split("=") for part in query.split("&"))
    plain = ("/", "/.well-known/cose-keys", "/docs", "/health", "/live", "/ready",
             "/openapi.json", "/log/checkpoint", "/log/keys", "/v1/bindings/wording",
             "/v1/items", "/v1/purposes", "/v1/words")  # fmt: skip
    named = {
        "/docs/{file}": "/docs/start.js",
        "/log/tile/{tile}": "/log/tile/0/000.p/5",
        "/problems/{name}": "/problems/not-allowed",
        "/status/{list}": "/status/0",
        "/v1/items/{item_id}": f"/v1/items/{ITEM}",
        "/v1/views/{view}/certificate": "/v1/views/case_list/certificate",
    }
    anyone = service.anyone
    return {
        **{f"GET {each}": Ready(who=anyone, path=each) for each in plain},
        **{f"GET {each}": Ready(who=anyone, path=path) for each, path in named.items()},
        "GET /v1/verifications/callbacks/{method}": Ready(
            who=anyone, path=path, query=asked, headers={"Cookie": begun["browser"]}
        ),
    }
