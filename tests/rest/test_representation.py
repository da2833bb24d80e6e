"""JSON in and out, or CBOR: the same members, in the one deterministic form."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from cose import decode, encode
from rest import json_body, json_response, problem_middleware, representation_middleware
from rest.representation import plain

CBOR = {"Content-Type": "application/cbor"}
AT = datetime(2026, 2, 10, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    item: str
    at: datetime = AT
    sizes: dict[str, int] = field(default_factory=dict)


@pytest.fixture
async def client(aiohttp_client):
    async def order(request):
        return json_response(await json_body(request, Order), status=201)

    async def show(_request):
        return json_response({"lag": 1.5, "at": AT}, Cache_Control="no-cache")

    middlewares = [problem_middleware({}), representation_middleware]
    app = web.Application(middlewares=middlewares)
    app.router.add_post("/orders", order)
    app.router.add_get("/orders", show)
    return await aiohttp_client(app)


async def test_a_cbor_body_is_read_as_the_same_type_and_answered_in_cbor(client):
    body = encode({"item": "tea", "at": "2026-02-10T02:00:00Z", "sizes": {"small": 2}})

    answer = await client.post("/orders", data=body, headers=CBOR)

    assert (answer.status, answer.content_type) == (201, "application/cbor")
    assert decode(await answer.read()) == {
        "item": "tea",
        "at": "2026-02-10T02:00:00Z",
        "sizes": {"small": 2},
    }


async def test_json_may_be_answered_in_cbor_and_the_other_way_round(client):
    asks = {"Accept": "application/cbor"}
    json = {**CBOR, "Accept": "application/json"}

    in_cbor = await client.post("/orders", json={"item": "tea"}, headers=asks)
    in_json = await client.post("/orders", data=encode({"item": "tea"}), headers=json)

    assert decode(await in_cbor.read()) == await in_json.json()
    assert in_cbor.headers["Vary"] == "Accept"


async def test_a_fraction_has_no_form_and_becomes_its_text(client):
    answer = await client.get("/orders", headers={"Accept": "application/cbor"})

    assert decode(await answer.read()) == {"lag": "1.5", "at": "2026-02-10T02:00:00Z"}


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"\xbf\x64item\x63tea\xff", "$"),
        (encode({"item": "tea"}) + b"\x00", "$"),
        (b"\xa2\x64item\x63tea\x64item\x63tea", "$"),
        (b"\xff", "$"),
        (encode({"item": b"tea"}), "$.item"),
        (encode({"item": "tea", "colour": 1}), "$.colour"),
        (encode({"item": "tea", "sizes": {"small": "2"}}), "$.sizes[...]"),
        (encode([]), "$"),
    ],
)
async def test_cbor_that_does_not_fit_is_refused_where_it_does_not(client, body, where):
    refused = await client.post("/orders", data=body, headers=CBOR)

    told = decode(await refused.read())
    assert (refused.status, told[7807]["field"]) == (400, where)


async def test_what_somebody_has_already_is_not_sent_again(client):
    first = await client.get("/orders")
    tag = first.headers["ETag"]

    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await client.get("/orders", headers={"If-None-Match": known})
        assert (again.status, await again.read()) == (304, b"")
        assert again.headers["ETag"] == tag
        assert again.headers["Cache-Control"] == "no-cache"
    other = await client.get("/orders", headers={"If-None-Match": '"other"'})
    in_cbor = {"Accept": "application/cbor", "If-None-Match": tag}
    assert other.status == (await client.get("/orders", headers=in_cbor)).status == 200


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(),
        lambda each: st.lists(each) | st.dictionaries(st.text(), each),
    )
)
def test_whatever_json_says_cbor_says_the_same(value):
    assert decode(encode(plain(msgspec.json.decode(msgspec.json.encode(value))))) == value
