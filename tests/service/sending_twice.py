"""One request for every POST route, ready to be sent: what it takes to get that far."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from adapters.hk.simulator.people import RESIDENTS
from tests.service.enterprises import LEGAL
from tests.service.neighbours import RESIDENT
from tests.service.persons import closed_case
from tests.service.residents import came
from tests.service.running import AUTHORITY, FORM, ITEM, Service
from tests.service.test_bindings import agreed
from tests.service.test_consents import words
from tests.service.test_staff_keys import id_of, issued
from tests.service.visitor import Answer, Visitor

_PERMITS = {"chan": "H99999901", "wong": "H99999902"}
_ACCOUNTS = count(1)
GROUND = {"basis": "pipl-47"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A POST, and who sends it."""

    who: Visitor
    path: str
    body: dict[str, Any] = field(default_factory=dict)

    async def send(self, **headers: str) -> Answer:
        """Send it, to be done at whatever version its case is."""
        return await self.who.change(self.path, self.body, headers=headers)


async def _application(service: Service) -> Request:
    body = {"item": ITEM, "form": FORM}
    return Request(who=await service.applicant(), path="/v1/cases", body=body)


async def _act(service: Service) -> Request:
    applicant = await service.applicant()
    case = await service.apply(applicant, "application-form")
    return Request(who=applicant, path=f"/v1/cases/{case}/withdrawals")


async def _code(service: Service) -> Request:
    person, case = await closed_case(service)
    return Request(who=person, path=f"/v1/cases/{case}/codes")


async def _check(service: Service) -> Request:
    issued = await (await _code(service)).send()
    body = {"code": issued.body["code"]}
    return Request(who=service.anyone, path="/v1/codes/check", body=body)


async def _binding(service: Service) -> Request:
    person = await came(service, RESIDENTS["chan"], account=f"again-{next(_ACCOUNTS)}")
    body = {"permit": _PERMITS["wong"], **await agreed(service)}
    return Request(who=person, path="/v1/me/bindings", body=body)


async def _consent(service: Service) -> Request:
    person = await came(service, account=f"again-{next(_ACCOUNTS)}")
    body = await words(service, recipient="CN-GX")
    return Request(who=person, path="/v1/me/consents", body=body)


async def _consent_withdrawn(service: Service) -> Request:
    asked = await _consent(service)
    given = await asked.send()
    return Request(who=asked.who, path=f"/v1/me/consents/{given.body['id']}/withdrawals")


async def _revocation(service: Service) -> Request:
    person = await service.applicant()
    case = await person.post("/v1/cases", {"item": ITEM, "form": FORM})
    shown = await person.get(f"/v1/cases/{case.body['case_id']}")
    body = {"reason": "asked-for", "subject": shown.body["case"]["subject"]}
    return Request(who=service.session("operator"), path="/v1/revocations", body=body)


async def _restriction(service: Service) -> Request:
    subject = (await _revocation(service)).body["subject"]
    path = f"/v1/subjects/{subject}/restriction"
    return Request(who=service.session("operator"), path=path, body=GROUND)


async def _hold(service: Service) -> Request:
    subject = (await _revocation(service)).body["subject"]
    path = f"/v1/subjects/{subject}/holds"
    who = service.session("data-protection-officer")
    return Request(who=who, path=path, body={"reason": "litigation"})


async def _staff_key_revoked(service: Service) -> Request:
    path = f"/v1/staff-keys/{id_of(issued(service))}/revocations"
    return Request(who=service.session("operator"), path=path, body={"reason": "compromised"})


async def _erasure(service: Service) -> Request:
    person = await service.applicant()
    opened = await person.post("/v1/cases", {"item": ITEM, "form": FORM})
    case = opened.body["case_id"]
    await person.act(case, "withdrawals")
    shown = await person.get(f"/v1/cases/{case}")
    path = f"/v1/subjects/{shown.body['case']['subject']}"
    operator = service.session("operator")
    assert (await operator.post(f"{path}/restriction", GROUND)).status == 200
    return Request(who=operator, path=f"{path}/erasure", body=GROUND)


async def _beginning(service: Service) -> Request:
    body = {"method": "iamsmart", "purpose": ITEM}
    return Request(who=service.anyone, path="/v1/verifications", body=body)


async def _enterprise(service: Service) -> Request:
    person = await came(service, account=f"again-{next(_ACCOUNTS)}")
    return Request(who=person, path="/v1/verifications/enterprises", body=LEGAL)


async def _region(service: Service) -> Request:
    body = {
        "region": "CN-GD",
        "purpose": ITEM,
        "legal_basis": "Personal Information Protection Law art. 13(1)(3)",
        "identifiers": RESIDENT,
    }
    clerk = service.official("clerk", authority=AUTHORITY)
    return Request(who=clerk, path="/v1/verifications/regions", body=body)


async def _assertion(service: Service) -> Request:
    begun = await service.begin()
    body = {"claim": begun["claim"], "assertion": "AAAA", "identifiers": RESIDENT}
    return Request(
        who=service.anyone, path=f"/v1/verifications/{begun['id']}/assertion", body=body
    )


async def _result(service: Service) -> Request:
    begun = await service.begin()
    await service.back(begun, code=f"again-{next(_ACCOUNTS)}")
    await service.profiled(begun)
    path = f"/v1/verifications/{begun['id']}/result"
    return Request(who=service.anyone, path=path, body={"claim": begun["claim"]})


async def _request(service: Service) -> Request:
    person = await came(service, account=f"again-{next(_ACCOUNTS)}")
    return Request(who=person, path="/v1/me/requests", body={"kind": "copy"})


async def _request_withdrawn(service: Service) -> Request:
    asked = await _request(service)
    made = await asked.send()
    return Request(who=asked.who, path=f"/v1/me/requests/{made.body['id']}/withdrawal")


async def _request_decided(service: Service) -> Request:
    made = await (await _request(service)).send()
    body = {"outcome": "refuse", "ground": "pipl-18-secrecy", "reason": "A law says so."}
    officer = service.session("data-protection-officer")
    return Request(who=officer, path=f"/v1/requests/{made.body['id']}/decision", body=body)


async def _certificate(service: Service) -> Request:
    return Request(who=service.session("operator"), path="/v1/views/case_list/certificate")


async def _subscription(service: Service) -> Request:
    body = {"endpoint": "https://receiver.example/hook"}
    return Request(who=await service.applicant(), path="/v1/subscriptions", body=body)


async def _secret(service: Service) -> Request:
    begun = await _subscription(service)
    made = await begun.send()
    return Request(who=begun.who, path=f"/v1/subscriptions/{made.body['id']}/secrets")


REQUESTS: dict[str, Callable[[Service], Awaitable[Request]]] = {
    "/v1/cases": _application,
    "/v1/cases/{case_id}/{act}": _act,
    "/v1/cases/{case_id}/codes": _code,
    "/v1/codes/check": _check,
    "/v1/me/bindings": _binding,
    "/v1/me/consents": _consent,
    "/v1/me/consents/{id}/withdrawals": _consent_withdrawn,
    "/v1/me/requests": _request,
    "/v1/me/requests/{id}/withdrawal": _request_withdrawn,
    "/v1/requests/{id}/decision": _request_decided,
    "/v1/revocations": _revocation,
    "/v1/staff-keys/{key}/revocations": _staff_key_revoked,
    "/v1/subjects/{subject}/erasure": _erasure,
    "/v1/subjects/{subject}/holds": _hold,
    "/v1/subjects/{subject}/restriction": _restriction,
    "/v1/subscriptions": _subscription,
    "/v1/subscriptions/{id}/secrets": _secret,
    "/v1/verifications": _beginning,
    "/v1/verifications/enterprises": _enterprise,
    "/v1/verifications/regions": _region,
    "/v1/verifications/{id}/assertion": _assertion,
    "/v1/verifications/{id}/result": _result,
    "/v1/views/{view}/certificate": _certificate,
}
"""What is sent to each route of a service that has no neighbours."""
