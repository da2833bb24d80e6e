"""Who waits for a view is woken once it is there, and costs nothing after giving up."""

from threading import Thread
from time import monotonic

from ledger.projections.reached import Reached


def test_a_view_that_is_there_is_not_waited_for():
    reached = Reached(["lists"])
    reached.tell("lists", 3)

    assert reached.reaching(3, "lists").done()
    assert not reached.reaching(4, "lists").done()


def test_one_view_is_waited_for_or_all_of_them():
    reached = Reached(["lists", "search"])
    one, every = reached.reaching(3, "lists"), reached.reaching(3)

    reached.tell("lists", 3)
    assert (one.done(), every.done()) == (True, False)

    reached.tell("search", 5)
    assert every.done()
    assert (reached.of(), reached.of("search")) == (3, 5)


def test_whoever_gave_up_is_forgotten_and_hinders_nobody():
    reached = Reached(["lists"])
    gave_up = [reached.reaching(7, "lists") for _ in range(100)]
    for each in gave_up:
        each.cancel()
    stayed = reached.reaching(7, "lists")

    reached.tell("lists", 7)

    assert stayed.done()
    assert not stayed.cancelled()
    assert all(each.cancelled() for each in gave_up)


def test_a_view_that_was_lost_and_is_made_anew_is_waited_for_again():
    reached = Reached(["lists"])
    reached.tell("lists", 7)

    reached.tell("lists", 0)

    assert not reached.reaching(7, "lists").done()


def test_a_rest_ends_as_soon_as_somebody_waits():
    reached = Reached(["lists"])
    waited = Thread(target=reached.rest, args=(30.0,))
    waited.start()

    reached.reaching(1, "lists")
    waited.join(10)

    assert not waited.is_alive()


def test_once_nobody_waits_a_rest_is_a_rest_again():
    reached = Reached(["lists"])
    reached.reaching(1, "lists")
    reached.tell("lists", 1)

    start = monotonic()
    reached.rest(0.05)

    assert monotonic() - start >= 0.04
