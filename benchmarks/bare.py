"""Bare aiohttp services, that do one thing each and keep nothing.

One verifies a token's signature; it knows one key, and what a token says, and whether
it says it well, it does not look at. The other parses and validates a body, and echoes it.
"""

from typing import Annotated

import cbor2
import msgspec
from aiohttp import web
from nacl import bindings

ANSWER = bytes(400)
ANSWER_TYPE = "application/pprd-idv+cwt"
_HEAD = b"\x84\x6aSignature1"


def create_app(public_key: bytes) -> web.Application:
    """Return the application; it answers 200 to what `public_key` signed."""

    async def verify(request: web.Request) -> web.Response:
        check_signature(await request.read(), public_key)
        return web.Response(body=ANSWER, content_type=ANSWER_TYPE)

    app = web.Application()
    app.router.add_post("/verifications", verify)
    return app


def check_signature(token: bytes, public_key: bytes) -> None:
    """Raise if `public_key` did not sign the token; look at nothing else."""
    protected, _, payload, signature = cbor2.loads(token).value
    message = _HEAD + cbor2.dumps(protected) + b"\x40" + cbor2.dumps(payload)
    bindings.crypto_sign_open(signature + message, public_key)


class Told(msgspec.Struct, forbid_unknown_fields=True):
    """What is echoed: of the size and shape of a command's body."""

    deficiencies: dict[str, Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]]


def create_echo() -> web.Application:
    """Return the application; it answers 200 with what it was sent, parsed and validated."""
    read, write = msgspec.json.Decoder(Told).decode, msgspec.json.Encoder().encode

    async def echo(request: web.Request) -> web.Response:
        told = read(await request.read())
        return web.Response(body=write(told), content_type="application/json")

    app = web.Application()
    app.router.add_post("/echo", echo)
    return app
