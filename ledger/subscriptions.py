"""Subscriptions of one log: what is recorded of them, and how they stand.

They are kept in memory, folded from their stream; addresses are not, as they are sealed.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Final
from uuid import UUID

from ledger.actor import SYSTEM, Actor, Role
from ledger.application import Ledger
from ledger.draft import Draft
from ledger.entry import Entry
from ledger.errors import CommandRejected, CommandReused, NotAllowed, SubscriptionNotFound
from ledger.once import Once
from ledger.personal import Hidden
from ledger.streams import next_entry
from ledger.subscription import Status, Subscription, Wanted, evolve_subscriptions
from ledger.subscription_events import (
    SUBSCRIPTIONS,
    SubscriptionBegun,
    SubscriptionConfirmed,
    SubscriptionEvent,
    SubscriptionKeyed,
)

MOST: Final = 20
"""So many subscriptions that did not end may one caller have."""


class Subscriptions:
    """Tells and records subscriptions of one log; for any thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._known: dict[UUID, Subscription] = {}
        self._version = 0
        self._lock = threading.Lock()

    def all(self) -> dict[UUID, Subscription]:
        """Return every subscription as the log has it now, by id."""
        return self._as_of_now()[0]

    def known(self, id: UUID) -> Subscription:
        """Return a subscription as it was when the log was looked at last."""
        with self._lock:
            return self._known[id]

    def of(self, actor: Actor) -> list[Subscription]:
        """Return those of `actor` that did not end, the oldest first."""
        return _living_of(actor, self.all())

    def one_of(self, actor: Actor, id: UUID) -> Subscription:
        """Return one of `actor`; raises `SubscriptionNotFound`, for others' as for none."""
        found = self.all().get(id)
        if found is None or found.status is Status.ENDED or not _is_of(found, actor):
            raise SubscriptionNotFound("there is no such subscription")
        return found

    def endpoint(self, subscription: Subscription) -> str | None:
        """Return the address that is sent to; `None` after its person was erased."""
        at = subscription.begun
        [entry] = self._ledger.opened([*self._ledger.read(at - 1, until=at)])
        event = entry.event
        found = event.endpoint if isinstance(event, SubscriptionBegun) else Hidden.ERASED
        return None if isinstance(found, Hidden) else found

    def begin(
        self,
        actor: Actor,
        id: UUID,
        wanted: Wanted,
        endpoint: str,
        *,
        key: str | None = None,
    ) -> Subscription:
        """Record a subscription; the same once more gets the same again.

        It rests on the staff `key` that it is asked for with, where that is no session.

        Raises `NotAllowed`, `CommandReused`, and `CommandRejected` beyond `MOST`.
        """
        if actor.role is Role.AGENT or actor.item is not None:
            raise NotAllowed("who acts for a while, or in one matter, follows `/v1/feed`")
        event = SubscriptionBegun(
            subscription=id,
            kinds=tuple(sorted(wanted.kinds)),
            items=tuple(sorted(wanted.items)),
            cases=tuple(sorted(wanted.cases)),
            endpoint=endpoint,
        )
        once = Once(key=Once.of(f"subscription:{id}").key, body=self._ledger.fingerprint(event))
        known, version = self._as_of_now()

        def job(draft: Draft) -> None:
            used = draft.used_for(once.key)
            if used is not None and used.body != once.body:
                raise CommandReused("this command id was used for another subscription")
            if used is None:
                beyond = self._ledger.entries_beyond(SUBSCRIPTIONS, version)
                drafted = [each for each in draft.entries if each.stream == SUBSCRIPTIONS]
                _check_room(actor, evolve_subscriptions(known, [*beyond, *drafted]))
                subject = _key_of(actor, id)
                draft.add([self._entry(draft, event, actor, subject)], [once])
                if key is not None:
                    keyed = SubscriptionKeyed(subscription=id, key=key)
                    draft.add([self._entry(draft, keyed, actor, subject)], [])

        self._ledger.write(job, keys=[once.key])
        return self.all()[id]

    def confirm(
        self, subscription: Subscription, actor: Actor, *, key: str | None
    ) -> Subscription:
        """Let it be told from here on, resting on the staff `key` of whoever asks, or none."""
        events: list[SubscriptionEvent] = [SubscriptionConfirmed(subscription=subscription.id)]
        if key != subscription.key:
            events.insert(0, SubscriptionKeyed(subscription=subscription.id, key=key))
        return self._record(subscription, events, actor)

    def record(
        self, subscription: Subscription, event: SubscriptionEvent, actor: Actor = SYSTEM
    ) -> Subscription:
        """Record what happened to `subscription`, by us or by its subscriber."""
        return self._record(subscription, [event], actor)

    def record_if(
        self,
        id: UUID,
        event: Callable[[Subscription], SubscriptionEvent | None],
        actor: Actor = SYSTEM,
    ) -> Subscription:
        """Record what `event` makes of the subscription as it stands, if that is anything."""
        now = self.all()[id]
        new = event(now)
        return now if new is None else self.record(now, new, actor)

    def _as_of_now(self) -> tuple[dict[UUID, Subscription], int]:
        """Return them with the version of the stream that they are folded up to."""
        with self._lock:
            new = self._ledger.entries_beyond(SUBSCRIPTIONS, self._version)
            if new:
                self._known = evolve_subscriptions(self._known, new)
                self._version = new[-1].version
            return dict(self._known), self._version

    def _record(
        self, subscription: Subscription, events: Sequence[SubscriptionEvent], actor: Actor
    ) -> Subscription:
        subject = _key_of(subscription.actor, subscription.id)

        def job(draft: Draft) -> None:
            for event in events:
                draft.add([self._entry(draft, event, actor, subject)], [])

        self._ledger.write(job)
        return self.all()[subscription.id]

    def _entry(
        self, draft: Draft, event: SubscriptionEvent, actor: Actor, subject: str
    ) -> Entry:
        return next_entry(self._ledger, draft, SUBSCRIPTIONS, event, actor, subject=subject)


def _check_room(actor: Actor, known: Mapping[UUID, Subscription]) -> None:
    """Raise `CommandRejected` if `actor` has as many as one may have."""
    if len(_living_of(actor, known)) >= MOST:
        raise CommandRejected(f"you have {MOST} subscriptions; end one first")


def _living_of(actor: Actor, known: Mapping[UUID, Subscription]) -> list[Subscription]:
    found = (each for each in known.values() if _is_of(each, actor))
    return [each for each in found if each.status is not Status.ENDED]


def _is_of(subscription: Subscription, actor: Actor) -> bool:
    return subscription.actor.caller == actor.caller


def _key_of(actor: Actor, id: UUID) -> str:
    """Whose key seals the address: the person's, or in an office the subscription's own."""
    return actor.principal if actor.role is Role.APPLICANT else f"subscription:{id.hex}"
