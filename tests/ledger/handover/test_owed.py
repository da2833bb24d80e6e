"""What is owed goes in its order: nothing waits behind what never can, or is read twice."""

import tracemalloc
from threading import Event, Thread
from time import sleep
from uuid import UUID

import pytest

from ledger.handover import Correspondence
from ledger.handover.sending import TOO_LARGE
from tests.ledger.handover.regions import BEGIN, GD, HANDOVER, changed, read, settle

SECOND, THIRD = (changed(BEGIN, handover=UUID(int=n)) for n in (2, 3))


def test_what_no_message_holds_is_recorded_and_holds_nothing_up(gd, gx):
    gx.begin(changed(BEGIN, form={"shop": "x" * 4_000}))
    gx.begin(SECOND)
    gx.sealer.largest = 4_000

    settle(gx, gd)

    [unsent] = gx.named("message.unsent.v1")
    assert (unsent.event.to, unsent.event.kind) == (GD, "application.forwarded")
    assert unsent.event.about == HANDOVER
    assert gx.handover(SECOND.handover).status == "RECEIVED"


def test_the_window_sees_what_did_not_go_and_it_is_not_tried_again(gd, gx):
    gx.begin(changed(BEGIN, form={"shop": "x" * 4_000}))
    gx.sealer.largest = 4_000

    gx.correspondence.catch_up()
    Correspondence(gx.ledger, gx.sealer).catch_up()

    assert gx.handover().status == "REFUSED_THERE"
    [refused] = gx.named("handover.refused.v1")
    assert refused.event.reason == TOO_LARGE
    assert refused.item == BEGIN.item
    assert len(gx.named("message.unsent.v1")) == 1
    assert gx.outbox.pending(GD) == []


def test_a_start_reads_nothing_of_what_was_sent_before(gd, gx):
    for n in range(10):
        form = {"shop": "x" * 30_000} if n < 9 else BEGIN.form
        gx.begin(changed(BEGIN, handover=UUID(int=n + 1), form=form))
    settle(gx, gd)

    assert max(peak_of(Correspondence(each.ledger, each.sealer)) for each in (gx, gd)) < 60_000


def peak_of(anew):
    tracemalloc.start()
    assert anew.catch_up() == 0
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_a_start_finds_what_waits_for_one_region_behind_what_went_to_another(gd, gx):
    gx.sealer.refuses.add(GD)
    gx.begin()
    gx.begin(SECOND)
    with pytest.raises(LookupError):
        gx.correspondence.catch_up()
    gx.sealer.refuses.clear()

    assert Correspondence(gx.ledger, gx.sealer).catch_up() == 2


def test_while_a_region_is_away_what_waits_for_it_is_left_alone(gd, gx):
    gx.sealer.refuses.add(GD)
    gx.begin()
    with pytest.raises(LookupError):
        gx.correspondence.catch_up()
    gx.begin(SECOND)
    gx.begin(THIRD)

    assert gx.correspondence.catch_up(again=False) == 0
    gx.sealer.refuses.clear()
    assert gx.correspondence.catch_up(again=False) == 0
    assert gx.correspondence.catch_up() == 3

    about = [read(parcel).message.about for parcel in gx.outbox.pending(GD)]
    assert about == [HANDOVER, SECOND.handover, THIRD.handover]


def test_what_waits_is_tried_again_ever_more_seldom(gd, gx):
    gx.sealer.refuses.add(GD)
    gx.begin()
    stop = Event()
    following = Thread(target=gx.correspondence.run, args=(stop,))
    following.start()
    try:
        stop.wait(2.7)
        tried = gx.sealer.tried
        gx.sealer.refuses.clear()
        until(lambda: gx.outbox.pending(GD))
    finally:
        stop.set()
        following.join()

    # At once, and after one second; then after two more.
    assert 1 <= tried <= 2


def until(holds):
    for _ in range(100):
        if holds():
            return
        sleep(0.1)
    pytest.fail("it never came")
