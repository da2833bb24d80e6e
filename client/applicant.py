"""What an applicant's app does: prove who they are, apply, hand in, follow."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from typing import Final
from uuid import UUID

from aiohttp import ClientSession

from client.calling import Client, Wanted, place
from client.cases import Cases
from client.refused import Refused
from identity.answers import Begun, Collected
from ledger.answers.cases import CommandAnswer, ShownItem

_LOOK_AGAIN: Final = 0.3


class Applicant(Cases):
    """A person who proved who they are, or an agent who acts for them."""

    @classmethod
    async def verified(
        cls,
        http: ClientSession,
        *,
        method: str,
        purpose: str,
        go: Callable[[str], Awaitable[None]],
        language: str = "zh-Hant",
        seconds: float = 900,
    ) -> "Applicant":
        """Have somebody prove who they are on the page that `go` takes them to.

        Raises `Refused`, as `verification-declined` where they did not, and `TimeoutError`.
        """
        caller = Client(http, wanted=Wanted(language=language))
        asked = {"method": method, "purpose": purpose, "language": language}
        begun = await caller.post(place("verifications"), Begun, asked)
        await go(begun["page"] or "")
        session = await collected_by(caller, begun["id"], begun["claim"], seconds=seconds)
        return cls(http, session, caller.wanted)

    async def item(self, item: str) -> ShownItem:
        """Return a service item: what it asks for, and how long it takes."""
        return await self.get(place("items", item), ShownItem)

    async def upload(self, content: bytes) -> str:
        """Upload a file to be handed in, and return its digest, by which it is named."""
        digest = sha256(content).hexdigest()
        await self.call("PUT", place("materials", digest), data=content)
        return digest

    async def apply(
        self,
        item: str,
        form: Mapping[str, str],
        materials: Mapping[str, str] | None = None,
        *,
        key: str | None = None,
    ) -> CommandAnswer:
        """Open a case; `materials` maps kinds to the digests of what was uploaded."""
        body = {"item": item, "form": form, "materials": materials or {}}
        return await self.post(place("cases"), CommandAnswer, body, key=key)


async def collected_by(
    caller: Client, verification: UUID | str, claim: str, *, seconds: float = 900
) -> str:
    """Return the session that came of a verification, once it did; the claim is its secret.

    Raises `Refused`, as `verification-declined` where none came of it, and `TimeoutError`.
    """
    path = place("verifications", verification, "result")
    async with asyncio.timeout(seconds):
        while True:
            result = await caller.post(path, Collected, {"claim": claim})
            match result["status"]:
                case "succeeded":
                    return result["session"]
                case "pending":
                    await asyncio.sleep(_LOOK_AGAIN)
                case ended:
                    why = result.get("reason", ended)
                    declined = "/problems/verification-declined"
                    raise Refused(403, {"type": declined, "title": f"it is {why}"})
