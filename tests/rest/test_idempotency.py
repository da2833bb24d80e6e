"""The key of what is to count once."""

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from rest import BadRequest, idempotency_key


def keyed(*keys: str) -> str | None:
    headers = CIMultiDict(("Idempotency-Key", each) for each in keys)
    return idempotency_key(make_mocked_request("POST", "/", headers))


def test_any_text_will_do_and_none():
    assert [keyed(), keyed("a"), keyed('"a"')] == [None, "a", '"a"']


@pytest.mark.parametrize(
    "keys", [("",), ("a" * 256,), ("a\tb",), ("one", "another"), ("a", "a")]
)
def test_two_keys_are_none_and_one_is_not_everything(keys):
    with pytest.raises(BadRequest) as refused:
        keyed(*keys)

    assert refused.value.field == "Idempotency-Key"
