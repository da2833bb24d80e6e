"""Who waits for a view is woken once it is there, and costs nothing after giving up."""

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
