"""Bodies into dataclasses: a misfit is refused whole, and names its field."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import thread_time
from typing import Annotated, Literal

import msgspec
import pytest
from aiohttp import web

from rest import json_body, json_response, problem_middleware


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    id: int
    item: Annotated[str, msgspec.Meta(max_length=5)]
    parts: tuple[Part, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    language: Literal["hans", "hant"] = "hans"
    sizes: dict[Literal["small", "large"], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Digested:
    digest: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


@pytest.fixture
async def client(aiohttp_client):
    async def order(request):
        body = await json_body(request, Order, id=7)
        return json_response(body, status=201, Location="/orders/7")

    app = web.Application(middlewares=[problem_middleware({})], client_max_size=1024)
    app.router.add_post("/orders", order)
    return await aiohttp_client(app)


async def sent(client, data, content_type="application/json"):
    headers = {"Content-Type": content_type}
    async with client.post("/orders", data=data, headers=headers) as response:
        return response.status, await response.json(content_type=None)


async def test_a_body_that_fits_is_read_with_what_comes_from_elsewhere(client):
    body = b'{"item": "tea", "parts": [{"name": "leaf"}], "texts": {"a": "b"}}'

    status, answer = await sent(client, body)

    assert status == 201
    assert answer == {
        "id": 7,
        "item": "tea",
        "parts": [{"name": "leaf"}],
        "texts": {"a": "b"},
        "language": "hans",
        "sizes": {},
    }


MISFITS = {
    "a number for a text": (b'{"item": 1}', "$.item"),
    "null for a text": (b'{"item": null}', "$.item"),
    "a number that is out of range": (b'{"item": "a", "texts": {"a": 1e999}}', "$.texts[...]"),
    "a number of 5,000 digits": (b'{"item": ' + b"9" * 900 + b"}", "$.item"),
    "a text that is too long": (b'{"item": "coffee"}', "$.item"),
    "a number in a map of texts": (b'{"item": "a", "texts": {"x": 1}}', "$.texts[...]"),
    "a word that is not one of them": (b'{"item": "a", "language": "en"}', "$.language"),
    "a key that is not one of them": (b'{"item": "a", "sizes": {"huge": 1}}', "$.sizes"),
    "a map for a list": (b'{"item": "a", "parts": {}}', "$.parts"),
    "a wrong type in a list": (b'{"item": "a", "parts": [{"name": 1}]}', "$.parts[0].name"),
    "a field that is missing": (b"{}", "$.item"),
    "no body where a field is needed": (b"", "$.item"),
    "a field that is missing in a list": (b'{"item": "a", "parts": [{}]}', "$.parts[0].name"),
    "a field nobody asked for": (b'{"item": "a", "itme": "b"}', "$.itme"),
    "one in a list": (
        b'{"item": "a", "parts": [{"name": "a", "x": 1}]}',
        "$.parts[0].x",
    ),
    "a field that comes from elsewhere": (b'{"item": "a", "id": 8}', "$.id"),
    "a name with a path in it": (b'{"item": "a", "x - at `$.y`": 1}', "$.x - at `$.y`"),
    "a field given twice": (b'{"item": "a", "item": "b"}', "$.item"),
    "a key given twice": (b'{"item": "a", "texts": {"k": "1", "k": "2"}}', "$.texts.k"),
    "a name escaped and given again": (b'{"item": "a", "\\u0069tem": "b"}', "$.item"),
    "a list": (b"[]", "$"),
    "a text": (b'"item"', "$"),
    "null": (b"null", "$"),
    "no JSON": (b"item=tea", "$"),
    "JSON that ends early": (b'{"item": "a"', "$"),
    "JSON with something after it": (b'{"item": "a"} {}', "$"),
    "JSON with a byte order mark": (b'\xef\xbb\xbf{"item": "a"}', "$"),
    "JSON in UTF-16": ('{"item": "a"}'.encode("utf-16"), "$"),
    "bytes that are no UTF-8": (b'{"item": "\xff"}', "$"),
    "a surrogate in UTF-8": (b'{"item": "\xed\xa0\x80"}', "$"),
    "half a pair of surrogates": (b'{"item": "\\ud800"}', "$"),
    "the other half": (b'{"item": "\\udc00"}', "$"),
    "NaN": (b'{"item": NaN}', "$"),
    "lists in lists without end": (b"[" * 1000, "$"),
    "maps in maps without end": (b'{"item":' * 100, "$.item"),
}


@pytest.mark.parametrize("misfit", MISFITS)
async def test_what_does_not_fit_is_refused_and_named(client, misfit):
    body, name = MISFITS[misfit]

    status, problem = await sent(client, body)

    assert status == 400
    assert problem["type"] == "/problems/bad-request"
    assert problem["field"] == name
    assert problem["detail"]


async def test_what_is_nested_too_deep_to_be_read_is_refused(client):
    status, problem = await sent(client, b'{"item": "a", "texts": ' + b"[" * 900)

    assert (status, problem["field"]) == (400, "$.texts")


async def test_a_name_without_end_is_not_repeated_at_length(client):
    _, problem = await sent(client, json.dumps({"n" * 900: 1}).encode())

    assert len(problem["field"]) == len(problem["detail"]) == 200


async def test_what_looks_like_our_own_words_again_and_again_holds_nobody_up(aiohttp_client):
    async def take(request):
        return json_response(await json_body(request, Order, id=7))

    app = web.Application(middlewares=[problem_middleware({})])
    app.router.add_post("/orders", take)
    client = await aiohttp_client(app)
    body = json.dumps({"item": "tea", "language": "unknown field `" * 30_000})

    began = thread_time()
    status, problem = await sent(client, body.encode())

    assert (status, problem["field"]) == (400, "$.language")
    assert thread_time() - began < 2


async def test_a_nul_is_text_like_any_other(client):
    status, answer = await sent(client, b'{"item": "a\\u0000b"}')

    assert (status, answer["item"]) == (201, "a\0b")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_a_body_that_does_not_say_it_is_json_is_refused(client, kind):
    status, problem = await sent(client, b'{"item": "a"}', kind)

    assert (status, problem["field"]) == (400, "Content-Type")


async def test_a_body_beyond_the_limit_is_refused(client):
    status, problem = await sent(client, json.dumps({"item": "x" * 1024}).encode())

    assert status == 413
    assert problem["type"] == "about:blank"
    assert "1024" in problem["detail"]


async def test_nobody_keeps_an_answer_unless_it_says_that_they_may(client):
    async with client.post("/orders", json={"item": "tea"}) as response:
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Location"] == "/orders/7"


async def test_a_body_that_ends_too_early_is_told_so_in_plain_words(client):
    status, answer = await sent(client, b'{"item": ')

    assert (status, answer["detail"]) == (400, "this is not whole: it ends too early")
    assert answer["field"] == "$"


async def test_what_is_no_digest_is_told_what_one_is(aiohttp_client):
    async def take(request):
        return json_response(await json_body(request, Digested))

    app = web.Application(middlewares=[problem_middleware({})])
    app.router.add_post("/orders", take)
    client = await aiohttp_client(app)

    status, answer = await sent(client, b'{"digest": "zz"}')

    assert (status, answer["field"]) == (400, "$.digest")
    assert answer["detail"] == "a SHA-256, please: 64 digits 0-9a-f"
