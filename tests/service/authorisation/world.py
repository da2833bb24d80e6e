"""One running service that fills with cases, hand-overs and people while it is asked."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Self, TypeVar

from identity.sessions import ACT, ADMIN, EXPORT, READ
from rest import Rate
from server import open_sessions
from service.partners import Partner
from tests.service.authorisation.oracle import Caller, Thing
from tests.service.enterprises import acting
from tests.service.neighbours import GX, partner
from tests.service.persons import verified
from tests.service.running import AUTHORITY, ELSEWHERE, ITEM, Service, prepared, running
from tests.service.test_window import RESIDENT
from tests.service.visitor import PDF, Visitor

PENSION = "gd.zhaoqing.pension-transfer-in"
PERMIT = "gd.zhaoqing.residence-permit"
WINDOW = "gd.zhaoqing.government-services"
ITEMS = {ITEM: AUTHORITY, PENSION: ELSEWHERE}
OFFICES = (AUTHORITY, ELSEWHERE, WINDOW)
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

    async def apply(self, owner: int, item: str) -> None:
        """Let somebody of theirs open a case, if this item is a matter of theirs."""
        caller = self.people[owner % len(self.people)]
        if caller.item not in (None, item):
            return
        words, materials = await self._handed_in(caller)
        form = {"business_name": words, "former_place": words}
        body = {"item": item, "form": form, "materials": materials}
        opened = await self.visitor(caller).post("/v1/cases", body)
        if opened.status == 201:
            told = opened.body
            self._add(
                "case", told["case_id"], caller, ITEMS[item], item, words, told["receipt"]
            )

    async def hand_over(self) -> None:
        """Let the person at the window have something done by another region."""
        caller = next(each for each in self.people if each.item == PENSION)
        words, materials = await self._handed_in(caller)
        body = {
            "mode": "collect", "to": GX, "item": PENSION, "basis": "duty",
            "form": {"former_place": words}, "materials": materials,
        }  # fmt: skip
        begun = await self.visitor(caller).post("/v1/handovers", body)
        assert begun.status == 201, begun.body
        self._add("handover", begun.body["handover_id"], caller, WINDOW, PENSION, words)

    async def go_on(self, thing: int) -> None:
        """Let the office accept a case and write down what it found."""
        if not self.things:
            return
        case = self.things[thing % len(self.things)]
        if case.kind != "case":
            return
        self.count += 1
        found = f"findingzq{self.count}x"
        reviewer = self.visitor(self.official("reviewer", case.authority))
        await reviewer.act(case.id, "acceptances")
        reviewed = await reviewer.act(
            case.id, "reviews", {"recommendation": "grant", "findings": found}
        )
        if reviewed.status == 200:
            at = self.things.index(case)
            secrets = case.secrets | {found}
            self.things[at] = Thing(
                kind=case.kind, id=case.id, owner=case.owner, authority=case.authority,
                item=case.item, secrets=secrets, receipt=case.receipt,
            )  # fmt: skip

    async def restrict(self, owner: int) -> None:
        """Let somebody's data be kept and not used."""
        subject = self.people[owner % len(self.people)].principal
        operator = self.visitor(self.official("operator", None))
        path = f"/v1/subjects/{subject}/restriction"
        answer = await operator.post(path, {"basis": "pipl-44"})
        if answer.status == 200:
            self.restricted.add(str(subject))

    async def _begin(self) -> None:
        partners: dict[str, Partner] = {GX: partner(GX, prepared(self.folder / "gx"))}
        self.service = await self.stack.enter_async_context(
            running(
                self.folder / "gd", partners=partners, caller_rate=EAGER, address_rate=EAGER
            )
        )
        for n in range(3):
            name = f"Persona Zq{n}en"
            person = await verified(self.service, f"oracle-{n}", name_en=name, name_zh=name)
            self._know("applicant", person, name)
        agent, _ = await acting(self.service)
        self._know("agent", agent, None)
        for item in (PENSION, PERMIT):
            self._know("agent", await self._at_the_window(item), RESIDENT["name_zh"])

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

    def _know(self, role: str, visitor: Visitor, name: str | None) -> None:
        sessions = open_sessions(self.service.home, self.service.edge)
        session = sessions.read(visitor.session or "")
        principal = session.principal or session.subject
        if name is not None:
            self.names[principal] = name
        self.people.append(
            Caller(role=role, principal=principal, item=session.item, session=visitor.session)
        )

    async def _handed_in(self, caller: Caller) -> tuple[str, dict[str, str]]:
        self.count += 1
        words = f"secretzq{self.count}x"
        content = PDF + words.encode()
        digest = sha256(content).hexdigest()
        await self.visitor(caller).call("PUT", f"/v1/materials/{digest}", data=content)
        return words, {KIND: digest}

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
