"""States as entries pass by, shared by views that are given the same ones."""

from functools import partial
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.case import fold
from ledger.projections.folds import CASE_KINDS, Folds
from tests.ledger.following import a_case


@pytest.fixture
def entries(ledger):
    for number in (1, 2, 3):
        a_case(ledger, number)
    return [*ledger.read(0)]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, 40), max_size=5), views=st.integers(1, 3))
def test_every_view_is_given_the_state_that_an_entry_left(ledger, entries, cuts, views):
    folds = Folds(partial(ledger.entries, opened=False))
    edges = sorted({0, len(entries), *(cut for cut in cuts if cut < len(entries))})
    for start, end in pairwise(edges):
        for _ in range(views):
            for entry in entries[start:end]:
                stream = ledger.entries(entry.stream, opened=False)
                is_of_a_case = type(entry.event) in CASE_KINDS
                left = fold(stream[: entry.version]) if is_of_a_case else None
                assert folds.apply(entry) == left


def test_a_second_view_has_nothing_folded_again(ledger, entries):
    loaded = []

    def load(stream):
        loaded.append(stream)
        return ledger.entries(stream, opened=False)

    folds = Folds(load)
    later = [entry for entry in entries if entry.version > 1]
    for entry in later:
        folds.apply(entry)
    first = len(loaded)
    for entry in later:
        folds.apply(entry)
    assert first > 0
    assert len(loaded) == first
