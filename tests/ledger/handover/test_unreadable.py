"""What cannot be read does not hold up what comes behind it, and the window hears of it."""

from functools import partial
from hashlib import sha256

import pytest

from ledger.ports import Acknowledged, Message
from tests.ledger.handover.regions import (
    BEGIN,
    CASE,
    GD,
    GX,
    HANDOVER,
    carry,
    changed,
    read,
    settle,
)

SECOND = changed(BEGIN, handover=CASE)
LONG = "x" * 40_000
NUMBER = "459999199003070025"
"""Of somebody made up: no district has this code."""


def told(received, **content):
    """The message with other content."""
    message = changed(received.message, content=received.message.content | content)
    return changed(received, message=message)


def vouched(received, **parts):
    before = received.message.content["vouched"]
    return told(received, vouched=before | {"assured": before["assured"] | parts})


APPLICANT = {"account": "account-1", "jurisdiction": GX}


def progress(**told):
    """What is told of a case whose result is returned to its person's region."""
    step = {
        "told": "case.granted.v1",
        "mode": "online",
        "item": "gd.shop-licence",
        "status": "GRANTED",
    }
    return "case.progressed", step | {
        "version": 3,
        "occurred_at": "2026-02-10T02:00:00Z",
        "applicant": APPLICANT,
    } | told


def question(**asked):
    """What an authority of ours is asked for its opinion with."""
    about = {
        "case": str(CASE),
        "item": "gd.shop-licence",
        "applicant": APPLICANT,
        "question": "?",
    }
    return "review.requested", about | {
        "authority": "gx.shops",
        "basis": "duty",
        "due": "2026-03-01",
        "materials": {},
    } | asked


UNREADABLE = {
    "a box that does not open": lambda received: changed(received, readable=False),
    "a kind that is not known": lambda received: changed(
        received, message=changed(received.message, kind="case.audited")
    ),
    "nothing": lambda received: changed(
        received, message=changed(received.message, content={})
    ),
    "a field that nobody agreed": lambda received: told(received, surprise="yes"),
    "a list for a form": lambda received: told(received, form=["a"]),
    "a level that is none": lambda received: vouched(received, level=9),
    "a moment without a zone": lambda received: vouched(
        received, authenticated_at="2026-02-10T04:00:00"
    ),
    **{
        f"{name} before the year 1 in UTC": partial(
            vouched, **{name: "0001-01-01T00:00:00+14:00"}
        )
        for name in ("authenticated_at", "bound_at", "source_as_of")
    },
    **{
        f"a person's number for {name}": partial(vouched, **{name: "110105194912310021"})
        for name in ("bound_how", "bound_by", "authenticated_how")
    },
    "a Hong Kong card's number for bound_by": partial(vouched, bound_by="A1234567"),
    "a person's number for an item": lambda received: told(received, item=NUMBER),
    "a person's number for a kind of material": lambda received: told(
        received, materials={NUMBER: "ab" * 32}
    ),
    "a person's number for a jurisdiction": lambda received: told(
        received, applicant=received.message.content["applicant"] | {"jurisdiction": NUMBER}
    ),
    "a person's number for its own kind": lambda received: changed(
        received, message=changed(received.message, kind=NUMBER)
    ),
    "more than an entry holds": lambda received: told(received, form={LONG: LONG}),
}


def take(sender, receiver, parcel, bend):
    """Deliver a parcel whose content reads otherwise, and acknowledge it."""
    taken = receiver.inbox.take(bend(read(parcel)))
    ack = Acknowledged(
        digest=sha256(parcel.token).digest(),
        position=taken.position,
        entry=taken.entry,
        receipt=taken.receipt,
    )
    sender.outbox.acknowledged(receiver.name, parcel.sequence, ack)


@pytest.mark.parametrize("bend", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_taken_refused_and_told_to_the_window(gd, gx, bend):
    gx.begin()
    gx.begin(SECOND)
    gx.correspondence.catch_up()
    first, _ = gx.outbox.pending(GD)

    take(gx, gd, first, bend)
    settle(gx, gd)

    assert gx.handover().status == "REFUSED_THERE"
    [refused] = gx.named("handover.refused.v1")
    assert refused.event.reason.startswith("unreadable")
    assert gx.handover(SECOND.handover).status == "RECEIVED"
    unread, readable = gd.named("message.received.v1")
    assert (unread.event.refused, unread.event.token) == (True, b"")
    assert not readable.event.refused
    assert unread.subject == f"message:{GX}:1"
    assert not any(NUMBER.encode() in state for _, state in gd.ledger.states(0))


@pytest.mark.parametrize(
    "content",
    [
        progress(item=NUMBER),
        progress(receipt=NUMBER),
        progress(materials=[NUMBER]),
        question(basis=NUMBER),
        question(applicant=APPLICANT | {"jurisdiction": NUMBER}),
        question(materials={NUMBER: "ab" * 32}),
    ],
)
def test_no_number_of_a_person_stands_in_clear_whatever_a_region_tells(gx, content):
    gx.begin()
    gx.correspondence.catch_up()
    [parcel] = gx.outbox.pending(GD)
    kind, words = content
    message = Message(kind=kind, about=HANDOVER, content=words)

    gx.inbox.take(changed(read(parcel), region=GD, message=message))

    [entry] = gx.named("message.received.v1")
    assert entry.event.refused
    assert not any(NUMBER.encode() in state for _, state in gx.ledger.states(0))


def test_it_is_the_same_message_when_it_comes_again(gd, gx):
    gx.begin()
    gx.correspondence.catch_up()
    [parcel] = gx.outbox.pending(GD)
    unread = changed(read(parcel), readable=False)

    first, head = gd.inbox.take(unread), gd.ledger.head

    # Also where the key was found again: what was answered stands.
    assert carry(gx, gd, parcel).position == first.position
    assert gd.ledger.head == head
