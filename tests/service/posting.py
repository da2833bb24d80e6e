"""Two regions that post messages to each other: real logs, real HTTP, made-up words."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from aiohttp import ClientSession, web

from adapters.panprd.courier import Courier
from adapters.panprd.messages import MessageSealer
from cose import Ed25519Signer
from identity import SealingKey, Trust
from identity.refusals import Refusals
from ledger.actor import SYSTEM
from ledger.agreements import Mode
from ledger.application import Ledger
from ledger.awaiting import Awaiting
from ledger.entry import Entry
from ledger.errors import UsedBefore
from ledger.handover.inbox import Inbox
from ledger.handover.outbox import Outbox, message_sent
from ledger.http import MATERIALS
from ledger.message_events import MessageSent, sent_id
from ledger.opening import open_ledger
from ledger.ports import Message, Sealer
from ledger.stores import MaterialStore
from ledger.streams import entry_at, last_version
from ledger.transparency import LogKeys
from ledger.verification import Verifications
from rest import ADDRESSES, AT_ONCE, SIGNERS, AtOnce, Limits, Rate, problem_middleware
from service import partner_messages
from service.acknowledging import Acknowledgements
from service.delivery import Deliveries, Delivery, Post
from service.exchange import Exchange
from service.problems import PROBLEMS
from tests.adapters.panprd.letters import GD, GX, signing
from tests.ledger.ledgers import SetClock, check_log
from tests.service.running import MORNING, prepared

ABOUT = UUID("0190c3c8-0000-7000-8000-000000000001")
SUBJECT = "subject:made-up"
AGREED = frozenset[Mode]({"online", "collect", "joint"})
AMPLE = Rate(per_second=1000, burst=1000)


@dataclass(kw_only=True)
class Office:
    """One region as far as messages go. `known` is shared: who trusts whom with what."""

    name: str
    ledger: Ledger
    clock: SetClock
    signer: Ed25519Signer
    box: SealingKey
    known: "Known"
    materials: MaterialStore
    modes: frozenset[Mode] = AGREED
    rate: Rate = AMPLE
    address_rate: Rate = AMPLE
    at_once: int | None = None
    boxes: list[SealingKey] = field(default_factory=list)
    promised: list[bytes] = field(default_factory=list)
    url: str = ""
    outbox: Outbox = field(init=False)
    exchange: Exchange = field(init=False)
    under_way: AtOnce = field(init=False)

    def __post_init__(self) -> None:
        self.outbox = Outbox(self.ledger)
        self.boxes = [self.box]
        self.under_way = AtOnce(most=self.at_once)
        self.exchange = Exchange(
            name=self.name,
            signer=lambda: self.signer,
            trust=self.known.trust,
            boxes=lambda: self.boxes,
            promised=lambda: self.promised,
            log_keys=self.known.logs.__getitem__,
            modes=lambda _: self.modes,
            partners=lambda: [name for name in self.known.logs if name != self.name],
            inbox=Inbox(
                self.ledger, region=self.name, pseudonym=lambda *names: "|".join(names)
            ),
            codec=self.ledger.codec,
            clock=self.clock,
        )

    @property
    def sealer(self) -> MessageSealer:
        return MessageSealer(
            issuer=self.name,
            signer=lambda: self.signer,
            trust=self.known.trust,
            random=secrets.token_bytes,
        )

    def owe(self, to: str, text: str = "", materials: tuple[str, ...] = (), **how: Any) -> None:
        """Write a message to `to` into the log, as if a case had been its cause."""
        owed(self.ledger, self.sealer, to, text, materials, **how)

    @property
    def post(self) -> Post:
        return Post(
            name=self.name,
            outbox=self.outbox,
            materials=self.materials,
            acknowledgements=Acknowledgements(
                name=self.name,
                trust=self.known.trust,
                log_keys=self.known.logs.__getitem__,
                codec=self.ledger.codec,
                clock=self.clock,
            ),
            trust=self.known.trust,
            clock=self.clock,
            random=secrets.token_bytes,
        )

    def delivery(self, to: str, url: str, http: ClientSession, seconds: float = 5) -> Delivery:
        courier = Courier(url, http, seconds=seconds)
        return Delivery(region=to, courier=courier, post=self.post)

    def deliveries(self, urls: dict[str, str], http: ClientSession) -> Deliveries:
        return Deliveries(
            post=self.post,
            urls=lambda: urls,
            client=http,
            head=lambda: self.ledger.head,
            tick=0.01,
        )

    def app(self) -> web.Application:
        app = web.Application(middlewares=[problem_middleware(PROBLEMS)])
        app[partner_messages.EXCHANGE] = self.exchange
        record = Verifications(self.ledger, Awaiting())
        app[partner_messages.REFUSALS] = Refusals(
            record=record, clock=self.clock, replays=(UsedBefore,)
        )
        app[MATERIALS] = self.materials
        app[ADDRESSES] = Limits(rate=self.address_rate, clock=self.clock)
        app[AT_ONCE] = self.under_way
        app[SIGNERS] = Limits(rate=self.rate, clock=self.clock)
        app.add_routes(partner_messages.routes)
        return app

    def names(self) -> list[str]:
        """The events that are about messages, in their order."""
        names = [entry.name for entry in self.ledger.read(0)]
        return [name for name in names if name.startswith("message.")]


def owed(
    ledger: Ledger,
    sealer: Sealer,
    to: str,
    text: str,
    materials: tuple[str, ...] = (),
    kind: str = "case.progressed",
    cause: int = 1,
) -> None:
    """Write a message to `to` into the log, as if a case had been its cause."""

    def job(draft):
        stream, now = sent_id(to), ledger.now()
        sequence = last_version(ledger, stream, draft) + 1
        before = entry_at(ledger, stream, sequence - 1, draft)
        previous = None if before is None else message_sent(before).digest
        message = Message(kind=kind, about=ABOUT, content={"text": text})
        token = sealer.seal(to, sequence, message, now=now, previous=previous)
        event = MessageSent(
            to=to,
            sequence=sequence,
            kind=message.kind,
            about=ABOUT,
            cause=cause,
            digest=sha256(token).digest(),
            token=token,
            materials=materials,
        )
        entry = Entry(
            stream=stream,
            version=sequence,
            event=event,
            recorded_at=now,
            effective_at=now,
            actor=SYSTEM,
            subject=SUBJECT,
        )
        draft.add([entry], [])

    ledger.write(job)


@dataclass
class Known:
    """What every region knows of the others."""

    trust: Trust
    logs: dict[str, LogKeys]


@asynccontextmanager
async def offices(
    folder: Path, *names: str, **options: Any
) -> AsyncIterator[dict[str, Office]]:
    """Open an office for each region; each is served, and its log checked at the end."""
    known, made = Known(Trust({}), {}), dict[str, Office]()
    for number, name in enumerate(names or (GD, GX), start=1):
        home, clock = prepared(folder / name), SetClock(MORNING)
        ledger = open_ledger(
            home, clock=clock, random=secrets.token_bytes, origin=f"{name.lower()}.example/log"
        )
        keys = ledger.published.keys
        known.logs[name] = LogKeys(keys.origin, keys.records)
        signer = Ed25519Signer(bytes([number]) * 32)
        box = SealingKey.from_seed(bytes([number + 100]) * 32)
        known.trust.put(name, [signing(signer, **LONG), _long(box)])
        made[name] = Office(
            name=name,
            ledger=ledger,
            clock=clock,
            signer=signer,
            box=box,
            known=known,
            materials=MaterialStore(home.materials, ledger.keys, secrets.token_bytes),
            **options,
        )
    try:
        yield made
        for office in made.values():
            check_log(office.ledger)
    finally:
        for office in made.values():
            office.ledger.close()


LONG = {"not_before": MORNING.replace(year=2025), "expires": MORNING.replace(year=2030)}


def _long(box: SealingKey):
    return box.record(not_before=LONG["not_before"], expires=LONG["expires"])
