"""One reader of the log: what its actor may see of what it asks for, from a position on."""

import asyncio
from dataclasses import dataclass, field

from ledger.actor import Actor
from ledger.application import Ledger
from ledger.entry import Entry
from ledger.projections.reading import next_batch
from ledger.sights import Sight, Sights
from ledger.subscription import Wanted
from service.feeds.tail import Tail


@dataclass(slots=True, kw_only=True)
class Reader:
    """Reads on from `position`: up to there everything was told, or is not to be told."""

    ledger: Ledger
    tail: Tail
    actor: Actor
    wanted: Wanted
    position: int
    _sights: Sights | None = field(default=None, repr=False)

    async def read(self) -> list[Sight]:
        """Return what comes next and move on; often that is nothing."""
        kept = self.tail.since(self.position)
        if kept is None:
            shown, self.position = await asyncio.to_thread(self.behind)
            return shown
        # Cases that were read behind it are the tail's from here on.
        self._sights = None
        sights, self.position = kept
        wanted, actor = self.wanted, self.actor
        return [s for s in sights if wanted.admits(s.entry) and s.shown_to(actor)]

    def behind(self) -> tuple[list[Sight], int]:
        """Return what comes next in the log itself, and up to where it was read."""
        self._sights = self._sights or Sights(self.ledger)
        head = self.ledger.head
        if self.wanted.cases:
            entries = self._sights.of_cases(self.wanted.cases, self.position, head)
            shown = [*self._sights.shown(entries, self.actor, self.wanted)]
            return shown, max(head, self.position)
        batch = next_batch(self.ledger, self.position)
        read = (each for each in batch if isinstance(each, Entry))
        shown = [*self._sights.shown(read, self.actor, self.wanted)]
        return shown, batch[-1].position if batch else self.position
