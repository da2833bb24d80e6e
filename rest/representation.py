"""Answers in the form that their caller reads: JSON or CBOR, or 304 for what they have.

Handlers answer in JSON, and this makes CBOR of it for who asks: the same members, in
the one deterministic form (RFC 8949, 4.2.1), times as their text. Problems are told in
CBOR where they are made.
"""

from typing import Any, Final

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from cose import encode
from rest.body import JSON
from rest.concise import speaks_cbor
from rest.conditional import tagged, unless_seen
from rest.operation import CBOR

_READING: Final = ("GET", "HEAD")
_IN_CBOR: Final = '-c"'


@web.middleware
async def representation_middleware(
    request: web.Request, handler: Handler
) -> web.StreamResponse:
    """Turn a handler's answer into the representation that was asked for."""
    response = await handler(request)
    if not isinstance(response, web.Response) or response.prepared:
        return response
    if response.content_type == JSON:
        response.headers.add("Vary", "Accept")
        if speaks_cbor(request) and isinstance(response.body, bytes):
            response.body = encode(plain(msgspec.json.decode(response.body)))
            response.content_type = CBOR
            _tag_apart(response)
    if response.status == 200 and request.method in _READING:
        return unless_seen(request, tagged(response))
    return response


def plain(value: Any) -> Any:
    """Return `value` without what has no one form in CBOR: a fraction becomes its text."""
    match value:
        case float():
            return int(value) if value.is_integer() else repr(value)
        case list():
            return [plain(each) for each in value]
        case dict():
            return {name: plain(each) for name, each in value.items()}
        case _:
            return value


def _tag_apart(response: web.Response) -> None:
    """Let no tag of the JSON stand for the CBOR (RFC 9110, 8.8.3); its version still leads."""
    if "ETag" in response.headers:
        response.headers["ETag"] = response.headers["ETag"].removesuffix('"') + _IN_CBOR
