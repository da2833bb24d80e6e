"""One running service that fills with cases, hand-overs and people while it is asked."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Self, TypeVar

from identity.sessions import ACT, ADMIN, EXPORT, READ
from rest import Rate
from server import open_sessions
from service.partners import Partner
from tests.service.authorisation.oracle import Caller, Thing, may_act
from tests.service.enterprises import AGENT, acting
from tests.service.neighbours import GX, partner
from tests.service.persons import verified
from tests.service.residents import CHAN, LEE, came
from tests.service.running import AUTHORITY, ELSEWHERE, ITEM, Service, prepared, running
from tests.service.test_bindings import bind
from tests.service.test_consents import words
from tests.service.test_window import RESIDENT
from tests.service.visitor import PDF, Visitor

PENSION = "gd.zhaoqing.pension-transfer-in"
PERMIT = "gd.zhaoqing.residence-permit"
WINDOW = "gd.zhaoqing.government-services"
ENROLMENT = "gd.zhaoqing.resident-pension-enrolment"
SECURITY = "gd.zhaoqing.public-security"
ITEMS = {ITEM: AUTHORITY, ENROLMENT: ELSEWHERE, PENSION: ELSEWHERE, PERMIT: SECURITY}
MATTERS = {None: (ITEM, ENROLMENT), PENSION: (PENSION,), PERMIT: (PERMIT,)}
"""What may be applied for in a session that is for all matters, and in one for one."""
OFFICES = (AUTHORITY, ELSEWHERE, SECURITY, WINDOW)
ALL = (READ, ACT, EXPORT, ADMIN)
EAGER = Rate(per_second=100_000, burst=1_000_000)
KIND = "application-form"

T = TypeVar("T")


@dataclass(slots=True)
class World:
    """What there is, and who; `run` runs what asks it, in its own loop."""

    folder: Path
    runner: asyncio.Runner = field(default_factory=asyncio.Runner)
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    things: list[Thing] = field(default_factory=list)
    people: list[Caller] = field(default_factory=list)
    helpers: list[Caller] = field(default_factory=list)
    """Who act for an enterprise beside its legal representative, in one matter."""
    restricted: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    service: Service = field(init=False)
    count: int = 0

    def __enter__(self) -> Self:
        self.runner.__enter__()
        self.run(self._begin())
        return self

    def __exit__(self, *exc: object) -> None:
        self.run(self.stack.aclose())
        self.runner.__exit__(*exc)

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(doing)

    def visitor(self, caller: Caller) -> Visitor:
        return Visitor(self.service.http, caller.session)

    def official(self, role: str, authority: str | None) -> Caller:
        """Return somebody in a role with every scope there is."""
        visitor = self.service.session(role, f"{role}-x", authority=authority, scopes=ALL)
        return Caller(role=role, authority=authority, session=visitor.session)

    async def apply(self, owner: int, matter: int) -> None:
        """Let one of the people open a case, in one of the matters that are theirs."""
        caller = self.people[owner % len(self.people)]
        items = MATTERS[caller.item]
        item = items[matter % len(items)]
        words, materials = await self._handed_in(caller, item)
        form = {"business_name": words, "former_place": words, "name": words}
        body = {"item": item, "form": form, "materials": materials}
        opened = await self.visitor(caller).post("/v1/cases", body)
        if self._is_kept(caller):
            assert opened.problem in ("command-rejected", "not-allowed"), opened.body
            return
        assert opened.status == 201, opened.body
        told = opened.body
        self._add("case", told["case_id"], caller, ITEMS[item], item, words, told["receipt"])

    async def hand_over(self) -> None:
        """Let the person at the window have something done by another region."""
        caller = next(each for each in self.people if each.item == PENSION)
        words, materials = await self._handed_in(caller, PENSION)
        body = {
            "mode": "collect", "to": GX, "item": PENSION, "basis": "duty",
            "form": {"former_place": words}, "materials": materials,
        }  # fmt: skip
        begun = await self.visitor(caller).post("/v1/handovers", body)
        if self._is_kept(caller):
            assert begun.problem in ("command-rejected", "not-allowed"), begun.body
            return
        assert begun.status == 201, begun.body
        self._add("handover", begun.body["handover_id"], caller, WINDOW, PENSION, words)

    async def go_on(self, thing: int) -> None:
        """Let the office accept a case and write down what it found, once."""
        cases = [each for each in self.things if each.kind == "case"]
        case = cases[thing % len(cases)]
        if len(case.secrets) > 1 or case.owner in self.restricted:
            return
        self.count += 1
        found = f"findingzq{self.count}x"
        reviewer = self.visitor(self.official("reviewer", case.authority))
        accepted = await reviewer.act(case.id, "acceptances")
        assert accepted.status == 200, accepted.body
        body = {"recommendation": "grant", "findings": found}
        reviewed = await reviewer.act(case.id, "reviews", body)
        assert reviewed.status == 200, reviewed.body
        self.things[self.things.index(case)] = replace(case, secrets=case.secrets | {found})

    async def restrict(self, owner: int) -> None:
        """Let somebody's data be kept and not used; of whom they are already, be used again."""
        subject = str(self.people[owner % len(self.people)].principal)
        operator = self.visitor(self.official("operator", None))
        path = f"/v1/subjects/{subject}/restriction"
        if subject in self.restricted:
            answer = await operator.call("DELETE", path)
            self.restricted.remove(subject)
        else:
            answer = await operator.post(path, {"basis": "pipl-44"})
            self.restricted.add(subject)
        assert answer.status == 200, answer.body

    def _is_kept(self, caller: Caller) -> bool:
        """Tell whether nothing new is begun with them: their data, or an agent's, are kept."""
        restricted = caller.principal in self.restricted
        return restricted or not may_act(caller, self.restricted)

    async def _begin(self) -> None:
        partners: dict[str, Partner] = {GX: partner(GX, prepared(self.folder / "gx"))}
        self.service = await self.stack.enter_async_context(
            running(
                self.folder / "gd", partners=partners, caller_rate=EAGER, address_rate=EAGER
            )
        )
        for n in range(2):
            name = f"Persona Zq{n}en"
            person = await verified(self.service, f"oracle-{n}", name_en=name, name_zh=name)
            self._know("applicant", person, name)
        self._know("applicant", await came(self.service, CHAN), CHAN.name_zh)
        acts, mandate = await acting(self.service)
        self._know("agent", acts, None)
        for item in (PENSION, PERMIT):
            self._know("agent", await self._at_the_window(item), RESIDENT["name_zh"])
        helps, helping = await acting(self.service, AGENT, LEE)
        self._know("agent", helps, None)
        self.helpers.append(self.people.pop())
        for owner, known in enumerate(self.people):
            if known.role == "applicant":
                await self._have(owner)
        chan, enterprise = self.people[2:4]
        bound = await bind(self.service, self.visitor(chan))
        assert bound.body["status"] == "linked", bound.body
        self._own("binding", bound.body["id"], chan, bound.body["permit"])
        for told, one in ((mandate, enterprise), (helping, self.helpers[0])):
            acting_one = replace(one, principal=one.person)
            self._own("mandate", told["id"], acting_one, enterprise=one.principal)

    async def _have(self, owner: int) -> None:
        """Let a person have of their own what persons have."""
        caller = self.people[owner]
        who = self.visitor(caller)
        told = {
            "subscription": f"https://hookzq{owner}x.example/hook",
            "request": f"wishzq{owner}x",
            "contact": f"mailzq{owner}x@mail.example",
        }
        made = {
            "subscription": ("subscriptions", {"endpoint": told["subscription"]}),
            "consent": ("me/consents", await words(self.service, recipient=GX)),
            "request": ("me/requests", {"kind": "copy", "words": told["request"]}),
        }
        for kind, (path, body) in made.items():
            answer = await who.post(f"/v1/{path}", body)
            assert answer.status == 201, answer.body
            self._own(kind, answer.body["id"], caller, *filter(None, [told.get(kind)]))
        contact = {"address": told["contact"], "language": "en"}
        given = await who.call("PUT", "/v1/me/contact", json=contact)
        assert given.status == 200, given.body
        self._own("contact", f"no-id-of-contact-{owner}", caller, told["contact"])

    async def _at_the_window(self, item: str) -> Visitor:
        clerk = self.service.official("clerk", "c-w", WINDOW)
        identifiers = {
            name: RESIDENT[name] for name in ("document_type", "document_number", "name_zh")
        }
        asked = {
            "region": "CN-GD",
            "purpose": item,
            "legal_basis": "Personal Information Protection Law art. 13(1)(3)",
            "identifiers": identifiers,
        }
        begun = await clerk.post("/v1/verifications/regions", asked)
        result = await self.service.result(begun.body)
        return Visitor(self.service.http, result.body["session"])

    def _own(
        self, kind: str, id: str, caller: Caller, *secrets: str, enterprise: str | None = None
    ) -> None:
        self.things.append(
            Thing(
                kind=kind,
                id=id,
                owner=str(caller.principal),
                authority="",
                item="",
                secrets=frozenset(secrets),
                enterprise=enterprise,
            )
        )

    def _know(self, role: str, visitor: Visitor, name: str | None) -> None:
        sessions = open_sessions(self.service.home, self.service.edge)
        session = sessions.read(visitor.session or "")
        principal = session.principal or session.subject
        if name is not None:
            self.names[principal] = name
        self.people.append(
            Caller(
                role=role,
                principal=principal,
                person=session.subject,
                item=session.item,
                session=visitor.session,
            )
        )

    async def _handed_in(self, caller: Caller, item: str) -> tuple[str, dict[str, str]]:
        self.count += 1
        words = f"secretzq{self.count}x"
        content = PDF + words.encode()
        digest = sha256(content).hexdigest()
        await self.visitor(caller).call("PUT", f"/v1/materials/{digest}", data=content)
        wanted = self.service.ledger.book.catalogue.current(item).materials
        return words, {each.id: digest for each in wanted}

    def _add(
        self,
        kind: str,
        id: str,
        caller: Caller,
        authority: str,
        item: str,
        words: str,
        receipt: str | None = None,
    ) -> None:
        self.things.append(
            Thing(
                kind=kind,
                id=id,
                owner=str(caller.principal),
                authority=authority,
                item=item,
                secrets=frozenset({words}),
                receipt=receipt,
            )
        )
