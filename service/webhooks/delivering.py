"""The deliveries of one subscription: each case in the order of the log, for itself.

A case whose entry does not arrive waits, and so do the entries behind it; other cases go
on. Nothing is forgotten: what is not delivered waits in the file, or stands in the log.
"""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from ledger.actor import Role
from ledger.ended_sessions import ended_since
from ledger.sights import Sight, Sights
from ledger.subject_events import Standing
from ledger.subscription import Status, Subscription
from ledger.subscription_events import (
    DeliveryGivenUp,
    Redelivered,
    SubscriptionDisabled,
    SubscriptionReached,
)
from service.delivery import pause
from service.feeds.reader import Reader
from service.webhooks.courier import Attempt
from service.webhooks.message import message
from service.webhooks.office import Office
from service.webhooks.queues import Queues
from service.webhooks.waiting import Letter, Scanned

_log = logging.getLogger("tongban.webhooks")
_LOOK = 1.0
_BREATH = 0.01


@dataclass(slots=True, kw_only=True)
class Deliveries:
    """What is on its way to one subscriber, and how it fares."""

    subscription: Subscription
    office: Office
    delivered: int = 0
    last_delivered: datetime | None = None
    trouble: str | None = None
    _queues: Queues = field(default_factory=Queues)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set, repr=False)
    _at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    _untold: list[int] = field(default_factory=list, repr=False)
    """What arrived beyond what the log was told of, as far as it counts."""
    _room: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def waiting(self) -> int:
        """How many letters wait, of those that were read from the log."""
        return len(self._queues)

    async def run(self) -> None:
        """Deliver until cancelled, or until the subscription is not active any more."""
        office, pace = self.office, self.office.pace
        self._at_once = asyncio.Semaphore(pace.at_once)
        reader = await asyncio.to_thread(self._resume)
        try:
            with office.tail.followed():
                while self.subscription.status is Status.ACTIVE:
                    await self._again_what_was_asked()
                    if self.waiting < pace.window:
                        await self._take_in(reader)
                    behind = office.tail.since(reader.position) is None
                    if self.waiting >= pace.window:
                        await self._until_there_is_room()
                    elif not behind:
                        await office.tail.beyond(reader.position, _LOOK)
                    # Nothing above has to wait, as when the service is about to end.
                    await asyncio.sleep(_BREATH)
                    await self._reached(reader.position)
                    # Whoever keeps the deliveries looks at the log every second.
                    self.subscription = office.subscriptions.known(self.subscription.id)
                    over = await asyncio.to_thread(office.why_over, self.subscription)
                    if over is not None:
                        await self._disable(over)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _resume(self) -> Reader:
        """Go on from where the file, or else the log, says that we were."""
        office, subscription = self.office, self.subscription
        actor, reached = subscription.actor, subscription.reached or subscription.begun
        over = office.why_over(subscription)
        if ended_since(office.ledger, (actor.id, actor.principal), subscription.since):
            over = "sessions_ended"
        if over is not None:
            self._disable_now(over)
        scanned = office.waiting.scanned(subscription.id)
        if scanned is not None and scanned != self._scanned(scanned.position):
            # The log was put back since: what the file says is of another history.
            office.waiting.forget(subscription.id)
            scanned = None
        for letter in office.waiting.letters(subscription.id):
            self._queues.add(letter)
        return Reader(
            ledger=office.ledger,
            tail=office.tail,
            actor=actor,
            wanted=subscription.wanted,
            position=max(reached, 0 if scanned is None else scanned.position),
        )

    def _scanned(self, position: int) -> Scanned | None:
        states = self.office.ledger.states(position - 1, until=position)
        digests = [Scanned(at, sha256(state).digest()) for at, state in states]
        return digests[0] if digests else None

    async def _take_in(self, reader: Reader) -> None:
        before, now = reader.position, self.office.clock()
        shown = await reader.read()
        letters = [
            Letter(position=each.entry.position, case=each.entry.stream, since=now)
            for each in shown
        ]
        if letters or reader.position > before + self.office.pace.mark:
            await asyncio.to_thread(self._keep, letters, reader.position)
        for letter in letters:
            self._queues.add(letter)
        self._serve_all()

    def _keep(self, letters: list[Letter], position: int) -> None:
        scanned = self._scanned(position)
        if scanned is not None:
            self.office.waiting.put(self.subscription.id, letters, scanned)

    async def _again_what_was_asked(self) -> None:
        wanted = [each for each in self.subscription.given_up.values() if each.asked_again]
        under_way = {*self._queues.positions}
        for each in wanted:
            if each.position not in under_way:
                now = self.office.clock()
                letter = Letter(position=each.position, case=each.case, since=now)
                await asyncio.to_thread(self.office.waiting.tried, self.subscription.id, letter)
                self._queues.add(letter)
        self._serve_all()

    def _serve_all(self) -> None:
        served = {task.get_name() for task in self._tasks}
        for case in self._queues.cases - {UUID(name) for name in served}:
            task = asyncio.create_task(self._serve(case), name=str(case))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _serve(self, case: UUID) -> None:
        """Deliver what there is of one case, in order, for as long as it takes."""
        letters = self._queues.of(case)
        failures = 0
        while letters and self.subscription.status is Status.ACTIVE:
            letter = letters[0]
            try:
                async with self._at_once:
                    attempt = await self._try(letter)
            except Exception as error:
                # Whatever it is, the letter waits; only its kind is told, which names nobody.
                attempt = Attempt(type(error).__name__)
            if attempt.reason is None or await self._is_given_up(letter, attempt):
                letters.popleft()
                failures = 0
                self._room.set()
                continue
            failures += 1
            seconds = pause(failures, self.office.random)
            await asyncio.sleep(max(seconds, attempt.retry_after or 0) * self.office.pace.scale)
        if not letters:
            self._queues.drop(case)

    async def _try(self, letter: Letter) -> Attempt:
        office, subscription = self.office, self.subscription
        made = await asyncio.to_thread(self._compose, letter)
        if isinstance(made, str):
            # It is not for them, or not any more: there is nothing to deliver.
            if made:
                await self._disable(made)
                return Attempt(made)
            await asyncio.to_thread(office.waiting.done, subscription.id, letter.position)
            return Attempt(None)
        endpoint, body = made
        now = office.clock()
        headers = office.signing.headers(
            f"{subscription.id}.{letter.position}",
            now,
            body,
            subscription=subscription.id,
            generations=subscription.generations(now),
        )
        attempt = await office.courier.post(endpoint, body, headers, whom=subscription.whom)
        if attempt.reason is None:
            await self._arrived(letter)
        return attempt

    def _compose(self, letter: Letter) -> tuple[str, bytes] | str:
        """Return where and what to send; or why to end it all, empty where only this is not."""
        office, subscription = self.office, self.subscription
        actor = subscription.actor
        over = office.why_over(subscription)
        if over is not None:
            return over
        is_person = actor.role is Role.APPLICANT
        if is_person and office.ledger.standing(actor.principal) is Standing.ERASED:
            return "erased"
        entries = office.ledger.read(letter.position - 1, until=letter.position)
        sight: Sight | None = next(Sights(office.ledger).of(entries), None)
        if sight is None or not sight.shown_to(actor):
            return ""
        endpoint = office.subscriptions.endpoint(subscription)
        return "erased" if endpoint is None else (endpoint, message(sight, office.source))

    async def _arrived(self, letter: Letter) -> None:
        office, id = self.office, self.subscription.id
        if letter.position in self.subscription.given_up:
            made_good = Redelivered(subscription=id, position=letter.position)
            await self._record(made_good)
        await asyncio.to_thread(office.waiting.done, id, letter.position)
        self.trouble, self.last_delivered = None, office.clock()
        self.delivered += 1
        if len(self._untold) < office.pace.mark:
            self._untold.append(letter.position)

    async def _is_given_up(self, letter: Letter, attempt: Attempt) -> bool:
        """Note a failure; give the letter up, or all of them, where that went on too long."""
        office, pace, subscription = self.office, self.office.pace, self.subscription
        letter.tries += 1
        letter.reason = self.trouble = attempt.reason or ""
        await asyncio.to_thread(office.waiting.tried, subscription.id, letter)
        if attempt.is_gone:
            await self._disable("gone")
            return False
        # After a pause of ours it has all the time again.
        since = max(letter.since, subscription.since)
        if letter.tries < pace.tries or office.clock() - since < pace.days:
            return False
        if self.last_delivered is None or self.last_delivered <= since:
            await self._disable("unreachable")
            return False
        given_up = DeliveryGivenUp(
            subscription=subscription.id,
            position=letter.position,
            case=letter.case,
            tries=letter.tries,
            reason=letter.reason,
        )
        await self._record(given_up)
        await asyncio.to_thread(office.waiting.done, subscription.id, letter.position)
        return True

    async def _disable(self, reason: str) -> None:
        await asyncio.to_thread(self._disable_now, reason)

    def _disable_now(self, reason: str) -> None:
        def disabled(now: Subscription) -> SubscriptionDisabled | None:
            active = now.status is Status.ACTIVE
            return SubscriptionDisabled(subscription=now.id, reason=reason) if active else None

        id = self.subscription.id
        self.subscription = self.office.subscriptions.record_if(id, disabled)
        _log.warning("the subscription %s is disabled: %s", id, reason)

    async def _record(self, event: DeliveryGivenUp | Redelivered | SubscriptionReached) -> None:
        record = self.office.subscriptions.record
        self.subscription = await asyncio.to_thread(record, self.subscription, event)

    async def _reached(self, scanned: int) -> None:
        """Let the log know now and then how far we are."""
        if len(self._untold) < self.office.pace.mark:
            return
        known = self.subscription.reached or 0
        waiting = (position for position in self._queues.positions if position > known)
        position = min(waiting, default=scanned + 1) - 1
        if position > known:
            id = self.subscription.id
            await self._record(SubscriptionReached(subscription=id, position=position))
            # What arrived behind one that is held up is still to be told of.
            self._untold = [each for each in self._untold if each > position]

    async def _until_there_is_room(self) -> None:
        self._room.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK):
                await self._room.wait()
