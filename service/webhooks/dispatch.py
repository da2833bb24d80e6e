"""Deliveries to every active subscription: each for itself, whatever the others' do."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from aiohttp import web

from ledger.subscription import Status, Subscription
from service.webhooks.delivering import Deliveries
from service.webhooks.office import Office

_log = logging.getLogger("tongban.webhooks")
_LOOK = 1.0


@dataclass(slots=True, kw_only=True)
class Webhooks:
    """Keeps a task for each active subscription; `news` lets it look at once.

    Where servers share a log, one of them is to send: `sends` says whether it is us.
    """

    office: Office
    sends: bool = True
    current: dict[UUID, Deliveries] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: dict[UUID, asyncio.Task[None]] = field(default_factory=dict, repr=False)

    async def run(self) -> None:
        """Send until cancelled."""
        if not self.sends:
            await asyncio.Event().wait()
        try:
            while True:
                self.news.clear()
                try:
                    known = await asyncio.to_thread(self.office.subscriptions.all)
                    await self._keep_up(known)
                except Exception as error:
                    _log.error("subscriptions cannot be read now: %s", type(error).__name__)
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK):
                        await self.news.wait()
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _keep_up(self, known: dict[UUID, Subscription]) -> None:
        for id, task in list(self._tasks.items()):
            if task.done() or known[id].status is not Status.ACTIVE:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                del self._tasks[id]
                self._tell_why(id, task)
        for id, subscription in known.items():
            if subscription.status is Status.ACTIVE and id not in self._tasks:
                deliveries = Deliveries(subscription=subscription, office=self.office)
                self.current[id] = deliveries
                self._tasks[id] = asyncio.create_task(deliveries.run())
            elif subscription.status is Status.ENDED and id in self.current:
                del self.current[id]
                await asyncio.to_thread(self.office.waiting.forget, id)

    def _tell_why(self, id: UUID, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _log.error("deliveries to %s stopped, and begin anew: %s", id, type(error).__name__)


WEBHOOKS = web.AppKey("webhooks", Webhooks)
