"""Two regions in one process, and a wire between them that a test may disturb."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Self
from uuid import UUID

import msgspec

from ledger.actor import Actor, Channel, Role
from ledger.agreements import Agreement
from ledger.application import Book, Ledger
from ledger.case import Case
from ledger.catalogue import Authority, Catalogue
from ledger.commands import Command
from ledger.consent import Consent
from ledger.entry import Entry
from ledger.errors import EntryTooLarge
from ledger.handover import (
    BeginHandover,
    Correspondence,
    Handover,
    HandoverCommand,
    Handovers,
    Inbox,
    Outbox,
)
from ledger.handover.whose import case_of
from ledger.ports import Acknowledged, Message, Parcel, Received
from ledger.rules import Verified
from ledger.transparency import leaf_hash
from tests.ledger.cases import (
    ALL,
    AUTHORITIES,
    CALENDARS,
    FORM,
    HK_ITEM,
    NOON,
    assured,
    item_with,
    official,
)
from tests.ledger.consenting import agree
from tests.ledger.ledgers import SetClock, do, opened

GD, GX = "CN-GD", "CN-GX"
_ACROSS = {
    "cross_boundary": ["CN-GX", "CN-HK"],
    "credentials": ["pprd", "iamsmart"],
    "modes": ["online", "collect", "joint"],
    "joint": {"opinion": 5, "decide": 45},
}
ITEM = item_with({}, id="gd.shop-licence", **_ACROSS)
STRICT = item_with(
    {},
    id="gd.shop-transfer",
    assurance={"bound_how": ["register"], "source_within_days": 30},
    **_ACROSS,
)
"""An item that asks how its person is known, and how old the register is."""
_NAMES = {"hans": "某", "hant": "某", "en": "some"}
_GX = {
    name: msgspec.convert(
        {"id": name, "region": GX, "calendar": "CN", "names": _NAMES}, Authority
    )
    for name in ("gx.window", "gx.shops")
}
CATALOGUE = Catalogue(
    {**AUTHORITIES, **_GX}, {(i.id, i.version): i for i in (ITEM, STRICT, HK_ITEM)}
)
ALL_MODES = Agreement(
    modes=frozenset({"online", "collect", "joint"}),
    items=frozenset({ITEM.id, STRICT.id, "gd.elsewhere.*"}),
)

PERSON = "subject:gx-person"
CLERK = Actor(
    role=Role.AGENT,
    id="clerk-7",
    principal=PERSON,
    channel=Channel.WINDOW,
    authority="gx.window",
)
VERIFIED = Verified(
    verification=UUID("aaaaaaaa-0000-4000-8000-000000000009"),
    jurisdiction=GX,
    method="counter",
    assured=assured(NOON),
)
CLAIMS = {"name_zh": "韦小宝", "document_number": "450000199001010010"}
HANDOVER = UUID("99999999-2222-4333-8444-555555555555")
BEGIN = BeginHandover(
    handover=HANDOVER,
    mode="collect",
    to=GD,
    item=ITEM.id,
    basis="duty",
    form=FORM,
    materials=ALL,
)
CASE = case_of(GX, HANDOVER)
GX_REVIEWER = official(Role.REVIEWER, "gx.shops")


def pseudonym(*names: str) -> str:
    """Whom a region calls by these names."""
    return "subject:" + sha256("|".join(names).encode()).hexdigest()


class PlainSealer:
    """Seals nothing: a token is its message in JSON, so that a test can look inside."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.refuses: set[str] = set()
        self.largest = 56 * 1024
        self.tried = 0

    def seal(
        self,
        region: str,
        sequence: int,
        message: Message,
        *,
        now: datetime,
        previous: bytes | None = None,
    ) -> bytes:
        self.tried += 1
        if region in self.refuses:
            raise LookupError(f"no key of {region}")
        body = {
            "iss": self.issuer,
            "aud": region,
            "seq": sequence,
            "iat": now.isoformat(),
            "previous": None if previous is None else previous.hex(),
            "kind": message.kind,
            "about": str(message.about),
            "content": message.content,
        }
        token = json.dumps(body).encode()
        if len(token) > self.largest:
            raise EntryTooLarge("a message holds no more")
        return token


def read(parcel: Parcel) -> Received:
    """The parcel as the other side's endpoint hands it on."""
    body: dict[str, Any] = json.loads(parcel.token)
    previous = body["previous"]
    return Received(
        region=body["iss"],
        sequence=body["seq"],
        digest=sha256(parcel.token).digest(),
        token=parcel.token,
        message=Message(kind=body["kind"], about=UUID(body["about"]), content=body["content"]),
        entry=parcel.entry,
        receipt=parcel.receipt,
        previous=None if previous is None else bytes.fromhex(previous),
    )


@dataclass
class Region:
    """One region's ledger with its part in hand-overs."""

    name: str
    ledger: Ledger
    clock: SetClock
    handovers: Handovers
    sealer: PlainSealer
    correspondence: Correspondence
    outbox: Outbox
    inbox: Inbox
    agreements: dict[str, Agreement]
    given: int = field(default=0)

    @classmethod
    def at(cls, name: str, database: str, agreements: dict[str, Agreement]) -> Self:
        clock = SetClock()
        book = Book(
            catalogue=CATALOGUE,
            calendars=CALENDARS,
            agreements=agreements,
            account=lambda region, subject: f"{name}>{region}>{subject}",
        )
        ledger, sealer = opened(database, clock, book=book), PlainSealer(name)
        return cls(
            name=name,
            ledger=ledger,
            clock=clock,
            handovers=Handovers(
                ledger,
                region=name,
                account=lambda region, claims: f"{region}>{claims['document_number']}",
            ),
            sealer=sealer,
            correspondence=Correspondence(ledger, sealer),
            outbox=Outbox(ledger),
            agreements=agreements,
            inbox=Inbox(
                ledger,
                region=name,
                pseudonym=lambda *names: (
                    "subject:" + sha256("|".join(names).encode()).hexdigest()
                ),
            ),
        )

    def give(self, command: HandoverCommand, by: Actor, **more: Any) -> Handover:
        self.given += 1
        id = UUID(int=self.given)
        return self.handovers.give(command, by, command_id=id, **more).handover

    def agree(self, by: Actor, to: str) -> Consent:
        """Let the person of `by` agree that data go to another region."""
        return agree(self.ledger, by, to)

    def begin(self, command: BeginHandover = BEGIN) -> Handover:
        return self.give(command, CLERK, verified=VERIFIED, claims=CLAIMS)

    def do(self, command: Command, by: Actor) -> Case:
        self.given += 1
        return do(self.ledger, command, by, self.given).case

    def handover(self, id: UUID = HANDOVER) -> Handover:
        return self.handovers.find(id)

    def case(self, id: UUID = CASE) -> Case:
        case = self.ledger.find(id)
        assert case is not None
        return case

    def leaf(self, entry: Entry) -> bytes:
        """The leaf of an entry, as it is stored."""
        [(_, state)] = self.ledger.recorder.select_states(entry.position - 1, limit=1)
        return leaf_hash(state)

    def named(self, name: str) -> list[Any]:
        """Every entry of this name, opened."""
        found = [entry for entry in self.ledger.read(0) if entry.name == name]
        return [opened for entry in found for opened in self.ledger.opened([entry])]


def carry(sender: Region, receiver: Region, parcel: Parcel) -> Acknowledged:
    """Deliver one parcel, and return the acknowledgement that goes back."""
    taken = receiver.inbox.take(read(parcel))
    return Acknowledged(
        digest=sha256(parcel.token).digest(),
        position=taken.position,
        entry=taken.entry,
        receipt=taken.receipt,
    )


def settle(*regions: Region) -> None:
    """Carry everything there is, in order, until nothing is left to be said."""
    one, other = regions
    while any([_moved(one, other), _moved(other, one)]):
        pass


def _moved(sender: Region, receiver: Region) -> bool:
    sender.correspondence.catch_up()
    parcels = sender.outbox.pending(receiver.name)
    for parcel in parcels:
        ack = carry(sender, receiver, parcel)
        sender.outbox.acknowledged(receiver.name, parcel.sequence, ack)
    return bool(parcels)


def changed(command: Any, **fields: Any) -> Any:
    return replace(command, **fields)
