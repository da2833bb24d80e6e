"""JSON bodies into dataclasses, and back.

A body is refused as a whole, with the name of the first field that does not
fit; a field nobody asked for is one too, because a misspelt one would
otherwise be lost without a word.
"""

from collections.abc import Collection
from dataclasses import MISSING, fields, is_dataclass
from functools import lru_cache
from typing import Any, TypeVar, cast, get_type_hints

import msgspec
from aiohttp import web

from rest.problem import BadRequest

T = TypeVar("T")

JSON = "application/json"


async def json_body(request: web.Request, kind: type[T], **given: object) -> T:
    """Read the body as `kind`; the fields in `given` come from elsewhere, not from it.

    Raises `BadRequest` naming the field, and lets aiohttp refuse what is too large.
    """
    if request.can_read_body and request.content_type != JSON:
        raise BadRequest(f"the body is to be {JSON}", field="Content-Type")
    data = await request.read() or b"{}"
    try:
        body = msgspec.json.decode(data, type=_body_type(cast("Any", kind), frozenset(given)))
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as error:
        message, _, path = str(error).partition(" - at `")
        raise BadRequest(message, field=path.rstrip("`") or "$") from error
    return kind(**msgspec.structs.asdict(body), **given)


def json_response(value: object, *, status: int = 200, **headers: str) -> web.Response:
    """Answer with `value` as JSON; names of headers have `_` for `-`."""
    return web.Response(
        body=msgspec.json.encode(value),
        status=status,
        content_type=JSON,
        headers={name.replace("_", "-"): text for name, text in headers.items()},
    )


@lru_cache(maxsize=128)
def _body_type(kind: type[Any], given: Collection[str]) -> type[msgspec.Struct]:
    """A struct with the fields of a dataclass that the body has to bring, and no others."""
    if not is_dataclass(kind):
        raise TypeError(f"{kind.__name__} is not a dataclass")
    hints = get_type_hints(kind)
    members: list[Any] = []
    for field in fields(kind):
        if field.name in given:
            continue
        if field.default is not MISSING:
            members.append((field.name, hints[field.name], field.default))
        elif field.default_factory is not MISSING:
            default = msgspec.field(default_factory=field.default_factory)
            members.append((field.name, hints[field.name], default))
        else:
            members.append((field.name, hints[field.name]))
    return msgspec.defstruct(
        kind.__name__, members, kw_only=True, frozen=True, forbid_unknown_fields=True
    )
