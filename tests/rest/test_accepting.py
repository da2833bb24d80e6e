"""What a caller says they take, down to how much."""

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from rest import asks_for

PAGE = "text/html"


@pytest.mark.parametrize(
    ("lists", "asked"),
    [
        pytest.param([], False, id="nothing is said"),
        pytest.param(["*/*"], False, id="anything will do"),
        pytest.param(["text/html"], True, id="it alone"),
        pytest.param(["application/json, Text/HTML;q=0.1"], True, id="in any case, a little"),
        pytest.param(["application/json", "text/html"], True, id="in a second line"),
        pytest.param(["text/html;q=0, */*"], False, id="anything but it"),
        pytest.param(["text/html;q=much"], False, id="how much, nobody knows"),
        pytest.param(["text/html5"], False, id="another that begins so"),
    ],
)
def test_a_type_is_asked_for_by_its_name(lists, asked):
    headers = CIMultiDict(("Accept", each) for each in lists)

    assert asks_for(make_mocked_request("GET", "/", headers), PAGE) is asked
