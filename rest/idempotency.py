"""The key under which a caller sends a request that is to count once.

As in draft-ietf-httpapi-idempotency-key-header, but any text will do, with or without
quotation marks: both are in use, and no two spellings are taken for one key.
"""

from typing import Final

from aiohttp import web

from rest.errors import BadRequest

_LONGEST: Final = 255


def idempotency_key(request: web.Request) -> str | None:
    """Return the key, if there is one; raises `BadRequest` for two, or none that could be."""
    key, *others = request.headers.getall("Idempotency-Key", (None,))
    if others:
        raise BadRequest("one key, please", field="Idempotency-Key")
    if key is not None and not (0 < len(key) <= _LONGEST and key.isprintable()):
        raise BadRequest("1 to 255 printable characters", field="Idempotency-Key")
    return key
