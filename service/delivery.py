"""Messages on their way to partners: each partner's in order, whatever the others do.

What waits is in the log and nowhere else, so a restart forgets nothing. A message is
sent again until it is acknowledged; the other side answers the same to the same.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from aiohttp import ClientSession

from adapters.panprd.courier import Courier, PartnerRefused
from adapters.panprd.materials import Journey, seal_material
from adapters.panprd.parcels import Evidenced
from identity import Trust
from ledger.errors import MaterialNotFound
from ledger.ports import Materials, Outgoing, Parcel
from service.acknowledging import Acknowledgements

_log = logging.getLogger("tongban.delivery")

_SHORTEST, _LONGEST = 0.5, 300.0
_SELDOM = 50
"""Ticks."""
_UNWANTED = frozenset({"material-not-found", "material-refused", "person-erased"})
"""What a partner says to a material that no sending again makes it take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What messages are taken from, and what is needed to send them."""

    name: str
    outbox: Outgoing
    materials: Materials
    acknowledgements: Acknowledgements
    trust: Trust
    clock: Callable[[], datetime]
    random: Callable[[int], bytes] = field(repr=False)


@dataclass(slots=True, kw_only=True)
class Delivery:
    """The messages to one partner region, and how they fare."""

    region: str
    courier: Courier
    post: Post
    failures: int = 0
    trouble: str | None = None
    last_acknowledged: datetime | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Deliver until cancelled, whenever there is `news`.

        What fails is told to the log and tried again, later each time.
        """
        while True:
            self.news.clear()
            try:
                await self.deliver()
            except Exception as error:
                self.failures += 1
                self.trouble = _name(error)
                _log.warning("%s: not delivered: %s", self.region, self.trouble)
                await asyncio.sleep(pause(self.failures, self.post.random))
            else:
                await self.news.wait()

    async def deliver(self) -> int:
        """Send all that waits, in order; return how many were acknowledged.

        Raises what keeps the first of them from being so.
        """
        delivered = 0
        while parcels := await asyncio.to_thread(self.post.outbox.pending, self.region):
            for parcel in parcels:
                await self._send(parcel)
                delivered += 1
                self.failures, self.trouble = 0, None
                self.last_acknowledged = self.post.clock()
        return delivered

    async def _send(self, parcel: Parcel) -> None:
        body = bytes(Evidenced(token=parcel.token, entry=parcel.entry, receipt=parcel.receipt))
        answer = await self.courier.deliver(body)
        ack = self.post.acknowledgements.read(answer, self.region, parcel)
        for digest in parcel.materials:
            await self._send_material(parcel, digest)
        await asyncio.to_thread(
            self.post.outbox.acknowledged, self.region, parcel.sequence, ack
        )

    async def _send_material(self, parcel: Parcel, digest: str) -> None:
        post = self.post
        if parcel.subject is None:
            return
        if not await asyncio.to_thread(post.outbox.may_follow, self.region, parcel.sequence):
            _log.warning("%s: a material is not sent, its consent was withdrawn", self.region)
            return
        try:
            content = await asyncio.to_thread(post.materials.read, parcel.subject, digest)
        except MaterialNotFound:
            # Erased since: what is gone here is not to turn up there.
            _log.warning("%s: a material is not sent, it is held no more", self.region)
            return
        message = sha256(parcel.token).digest()
        pieces = seal_material(
            Journey(issuer=post.name, message=message, digest=digest),
            content,
            post.trust.sealing_key(self.region, post.clock()),
            post.random,
        )

        async def streamed() -> AsyncIterator[bytes]:
            while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
                yield piece

        try:
            await self.courier.send_material(message, digest, streamed())
        except PartnerRefused as error:
            if error.problem not in _UNWANTED:
                raise
            # Most often the message was refused there, and what went with it is not awaited.
            _log.warning(
                "%s wants a material no more, whose message it took: %s",
                self.region,
                error.problem,
            )


@dataclass(slots=True, kw_only=True)
class Deliveries:
    """A delivery to every partner there is: `urls` gives them, and may change."""

    post: Post
    urls: Callable[[], Mapping[str, str]]
    client: ClientSession
    head: Callable[[], int]
    tick: float = 0.1
    current: dict[str, Delivery] = field(default_factory=dict)
    _running: dict[str, asyncio.Task[None]] = field(default_factory=dict, repr=False)

    async def run(self) -> None:
        """Deliver until cancelled; nobody waits for another's partner.

        The log is looked at every tick, and now and then all the same: another
        server may have written to it.
        """
        seen, ticks = -1, 0
        try:
            while True:
                self._keep_up()
                ticks += 1
                if self.head() != seen or ticks >= _SELDOM:
                    seen, ticks = self.head(), 0
                    for each in self.current.values():
                        each.news.set()
                await asyncio.sleep(self.tick)
        finally:
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    def _keep_up(self) -> None:
        """Begin with new partners, and end with those that are none or are elsewhere."""
        urls = self.urls()
        for region, delivery in list(self.current.items()):
            if urls.get(region) != delivery.courier.url:
                del self.current[region]
                self._running.pop(region).cancel()
        for region in urls.keys() - self.current.keys():
            courier = Courier(urls[region], self.client)
            self.current[region] = Delivery(region=region, courier=courier, post=self.post)
            self._running[region] = asyncio.create_task(self.current[region].run())


def pause(failures: int, random: Callable[[int], bytes]) -> float:
    """Return how many seconds to wait after so many failures in a row.

    It doubles up to five minutes, and up to half of it is left to chance, so that
    partners that were away together are not all called at once.
    """
    longest = min(_SHORTEST * 2.0 ** min(failures - 1, 16), _LONGEST)
    return longest * (0.5 + int.from_bytes(random(2)) / (1 << 17))


def _name(error: Exception) -> str:
    problem = getattr(error, "problem", None)
    return problem if isinstance(problem, str) else type(error).__name__
