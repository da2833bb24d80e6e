"""What a department's system does besides: find, look back, and look at what was handed in."""

from collections.abc import AsyncIterator
from uuid import UUID

from client.calling import place
from client.cases import Cases
from ledger.answers.cases import CaseFound, FoundPage
from ledger.answers.entries import Replayed


class Department(Cases):
    """An official, in the session that their office gave them."""

    async def search(self, words: str, **narrowed: str) -> AsyncIterator[CaseFound]:
        """Yield the cases in which every word stands, in whichever script it is written."""
        found = self.pages(place("search"), FoundPage, "cases", q=words, **narrowed)
        async for row in found:
            yield row

    async def replay(self, case: UUID, **cut: str | int) -> Replayed:
        """Return a case as it stood, and the entries that made it so."""
        return await self.get(place("cases", case, "replay"), Replayed, **cut)

    async def material(self, case: UUID, kind: str) -> bytes:
        """Return the newest material of a kind that was handed in."""
        return await self.call("GET", place("cases", case, "materials", kind))
