"""What everybody does with the cases that they may see."""

from collections.abc import AsyncIterator
from uuid import UUID

from client.calling import Client, place
from client.events import Told, follow
from ledger.answers.cases import CasePage, CaseRow, CommandAnswer
from ledger.answers.entries import ShownCase, ShownTimeline, TimelineRow


class Cases(Client):
    """Somebody with a session."""

    async def cases(self, **narrowed: str) -> AsyncIterator[CaseRow]:
        """Yield the cases there are, page by page, such as those of one `status`."""
        async for row in self.pages(place("cases"), CasePage, "cases", **narrowed):
            yield row

    async def case(self, case: UUID) -> ShownCase:
        """Return a case as it stands, with the version that `act` takes."""
        return await self.get(place("cases", case), ShownCase)

    async def timeline(self, case: UUID) -> list[TimelineRow]:
        """Return what happened to a case, with what this caller did last."""
        shown = await self.read(place("cases", case, "timeline"), ShownTimeline)
        return shown["timeline"]

    async def act(
        self,
        case: UUID,
        act: str,
        *,
        version: int | None = None,
        key: str | None = None,
        **body: object,
    ) -> CommandAnswer:
        """Give a command, such as `acceptances`; `docs/api.md` lists them with their fields.

        With `version` it is refused as `case-changed` if somebody else was first.
        """
        path = place("cases", case, act)
        return await self.post(path, CommandAnswer, body, key=key, version=version)

    def follow(self, *, after: int | None = None, **narrowed: str) -> AsyncIterator[Told]:
        """Yield what happens to their cases as it happens, taken up after a break."""
        return follow(self, after=after, **narrowed)
