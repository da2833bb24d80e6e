"""A delivery that was stopped anywhere is run again, and ends as if it had not been."""

from itertools import count, islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.history_events import DeliveryBegun
from tests.ledger.delivering import EVENING, MORNING, NOON, delivered
from tests.ledger.fakes import FakeSubjectKeys
from tests.ledger.importing.logs import event, mapping, trace
from tests.ledger.ledgers import check_log, opened


class Stopped(Exception):
    """What stops a delivery in the middle."""


def stop(*_):
    raise Stopped


def begun(ledger):
    events = [entry.event for entry in ledger.read(0)]
    return [each.number for each in events if isinstance(each, DeliveryBegun)]


def test_the_same_file_under_the_same_mapping_goes_on(ledger, bring):
    with pytest.raises(Stopped):
        bring(trace("1", event()), recording=stop)

    bring(trace("1", event()))

    assert begun(ledger) == [1]


def test_another_file_or_another_mapping_is_another_delivery(ledger, bring):
    with pytest.raises(Stopped):
        bring(trace("1", event()), recording=stop)

    with pytest.raises(Stopped):
        bring(trace("1", event()), mapping=mapping(about="another"), recording=stop)
    bring(trace("2", event()), mapping=mapping(about="another"))

    assert begun(ledger) == [1, 2, 3]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """Makes ledgers and folders, each new."""
    numbers = count()

    def fresh():
        folder = tmp_path_factory.mktemp("delivery")
        name = f"file:resumed-{next(numbers)}?mode=memory&cache=shared"
        return opened(name, keys=FakeSubjectKeys(), random=bytes), folder

    return fresh


facts = st.builds(
    event,
    st.sampled_from(["apply", "check", "misc.a", "misc.b"]),
    st.sampled_from([MORNING, NOON, EVENING]),
)
traces = st.builds(trace, st.sampled_from("123"), st.lists(facts, max_size=4).map("".join))
logs = st.lists(traces, max_size=5)


@settings(max_examples=40)
@given(first=logs, second=logs, data=st.data())
def test_a_delivery_stopped_anywhere_and_run_again_ends_the_same(fresh, first, second, data):
    whole, folder = fresh()
    delivered(whole, folder, first)
    begun = whole.head
    delivered(whole, folder, second)
    stopped = data.draw(st.integers(begun, whole.head))

    resumed, folder = fresh()
    stored = list(islice(whole.notifications(0), 1, stopped))
    if stored:
        resumed.recorder.insert_events(stored)
    delivered(resumed, folder, second)

    assert list(resumed.read(0)) == list(whole.read(0))
    check_log(resumed)
    whole.close()
    resumed.close()
