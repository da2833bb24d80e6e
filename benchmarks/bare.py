"""A bare aiohttp service that verifies a token's signature, and does nothing else.

It knows one key; what a token says, and whether it says it well, it does not look at.
"""

import cbor2
from aiohttp import web
from nacl import bindings

_ANSWER = bytes(400)
_HEAD = b"\x84\x6aSignature1"


def create_app(public_key: bytes) -> web.Application:
    """Return the application; it answers 200 to what `public_key` signed."""

    async def verify(request: web.Request) -> web.Response:
        protected, _, payload, signature = cbor2.loads(await request.read()).value
        message = _HEAD + cbor2.dumps(protected) + b"\x40" + cbor2.dumps(payload)
        bindings.crypto_sign_open(signature + message, public_key)
        return web.Response(body=_ANSWER, content_type="application/pprd-idv+cwt")

    app = web.Application()
    app.router.add_post("/verifications", verify)
    return app
