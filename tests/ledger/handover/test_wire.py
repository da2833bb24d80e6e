"""Whatever a wire does to parcels, there is one case, in order, and both logs agree."""

import pytest

from ledger.commands import AcceptApplication
from ledger.errors import Contradicted, OutOfOrder
from tests.ledger.cases import CLERK as GD_CLERK
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


@pytest.fixture
def parcels(gx):
    gx.begin()
    gx.begin(SECOND)
    gx.correspondence.catch_up()
    return gx.outbox.pending(GD)


def test_parcels_form_one_sequence_each_chained_to_the_one_before(parcels):
    first, second = map(read, parcels)

    assert (first.sequence, second.sequence) == (1, 2)
    assert first.previous is None
    assert second.previous == first.digest


def test_the_same_parcel_again_gets_the_same_entry_and_makes_no_second_case(gd, gx, parcels):
    first = carry(gx, gd, parcels[0])
    head = gd.ledger.head

    again = carry(gx, gd, parcels[0])

    assert (again.position, again.entry) == (first.position, first.entry)
    assert gd.ledger.head == head


def test_a_parcel_that_comes_too_early_is_not_taken(gd, gx, parcels):
    with pytest.raises(OutOfOrder) as refused:
        carry(gx, gd, parcels[1])

    assert refused.value.expected == 1
    assert gd.named("message.received.v1") == []


def test_another_parcel_of_a_known_sequence_is_an_alarm_that_keeps_both(gd, gx, parcels):
    carry(gx, gd, parcels[0])
    other = changed(read(parcels[0]), digest=b"\1" * 32)

    for _ in range(2):
        with pytest.raises(Contradicted):
            gd.inbox.take(other)

    [alarm] = gd.named("message.contradicted.v1")
    assert alarm.event.taken == read(parcels[0]).digest
    assert alarm.event.shown == other.digest


def test_a_parcel_that_does_not_continue_the_last_is_an_alarm(gd, gx, parcels):
    carry(gx, gd, parcels[0])
    fork = changed(read(parcels[1]), previous=b"\2" * 32)

    with pytest.raises(Contradicted):
        gd.inbox.take(fork)

    assert len(gd.named("message.contradicted.v1")) == 1
    assert len(gd.named("message.received.v1")) == 1


def test_an_acknowledgement_counts_once_and_in_order(gd, gx, parcels):
    first, second = (carry(gx, gd, parcel) for parcel in parcels)

    with pytest.raises(OutOfOrder):
        gx.outbox.acknowledged(GD, 2, second)
    gx.outbox.acknowledged(GD, 1, first)
    gx.outbox.acknowledged(GD, 1, first)
    gx.outbox.acknowledged(GD, 2, second)

    assert gx.outbox.pending(GD) == []
    assert len(gx.named("message.acknowledged.v1")) == 2


def test_an_acknowledgement_of_something_else_is_refused(gd, gx, parcels):
    ack = carry(gx, gd, parcels[0])

    with pytest.raises(Contradicted):
        gx.outbox.acknowledged(GD, 1, changed(ack, digest=bytes(32)))

    assert len(gx.outbox.pending(GD)) == 2


def test_whoever_follows_anew_writes_no_message_twice(gx, parcels):
    anew = type(gx.correspondence)(gx.ledger, gx.sealer)

    assert anew.catch_up() == 0
    assert gx.outbox.pending(GD) == parcels


def test_a_region_nothing_can_be_sealed_to_waits_and_its_order_stays(gd, gx):
    gx.sealer.refuses.add(GD)
    gx.begin()
    with pytest.raises(LookupError):
        gx.correspondence.catch_up()
    gx.begin(SECOND)
    with pytest.raises(LookupError):
        gx.correspondence.catch_up()
    assert gx.outbox.pending(GD) == []

    gx.sealer.refuses.clear()
    gx.correspondence.catch_up()

    about = [read(parcel).message.about for parcel in gx.outbox.pending(GD)]
    assert about == [HANDOVER, CASE]


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"item": 7},
        {"form": {"a": "b"}},
    ],
    ids=["empty", "of other types", "with half of it"],
)
def test_what_is_not_of_the_agreed_form_is_recorded_as_refused_and_holds_nothing_up(
    gd, gx, parcels, content
):
    received = read(parcels[0])
    odd = changed(received, message=changed(received.message, content=content))

    gd.inbox.take(odd)
    carry(gx, gd, parcels[1])

    [first, second] = gd.named("message.received.v1")
    assert (first.event.refused, second.event.refused) == (True, False)
    assert first.event.token == b""


def test_a_message_of_an_unknown_kind_is_refused(gd, gx, parcels):
    received = read(parcels[0])

    gd.inbox.take(changed(received, message=changed(received.message, kind="case.stolen")))

    [entry] = gd.named("message.received.v1")
    assert entry.event.refused


def test_a_region_does_not_reach_the_case_that_another_handed_over(gd, gx, parcels):
    carry(gx, gd, parcels[0])
    told = changed(
        read(parcels[0]),
        region="CN-HN",
        message=changed(
            read(parcels[0]).message,
            kind="correction.forwarded",
            content={"clerk": "c", "form": {}, "materials": {}},
        ),
    )

    gd.inbox.take(told)

    refused = gd.named("message.received.v1")[-1]
    assert refused.event.sender == "CN-HN"
    assert refused.event.refused


def test_a_region_does_not_tell_of_the_hand_over_to_another(gd, gx, parcels):
    settle(gx, gd)
    gd.do(AcceptApplication(case_id=CASE), GD_CLERK)
    gd.correspondence.catch_up()
    [parcel] = gd.outbox.pending(GX)
    status = gx.handover().status

    forged = changed(read(parcel), region="CN-HN", sequence=1, previous=None)
    gx.inbox.take(forged)

    assert gx.handover().status == status
    assert gx.named("message.received.v1")[-1].event.refused
