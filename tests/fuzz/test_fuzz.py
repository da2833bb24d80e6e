"""Bent tokens, for a bounded time; `make fuzz MINUTES=…` goes on for longer."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.bending import bent
from tests.fuzz.judging import judge


@given(st.integers(0, 1 << 64))
def test_no_bent_token_does_harm(seed):
    random = Random(seed)

    for _ in range(20):
        judge(bent(random))


def test_bending_reaches_beyond_the_signature_and_is_the_same_again():
    random = Random(0)
    tokens = [bent(random) for _ in range(400)]

    assert any(judge(each) for each in tokens)
    assert tokens == [bent(again) for again in [Random(0)] for _ in range(400)]
    assert len({each.token for each in tokens}) > 300
