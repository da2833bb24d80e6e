"""JSON bodies, and CBOR ones, into dataclasses; and JSON back.

A body is refused as a whole, with the name of the first field that does not
fit; a field nobody asked for is one too, and so is a field given twice: either
way something would be lost without a word.
"""

import json
import re
from collections.abc import Collection
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import lru_cache
from types import GenericAlias
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

import msgspec
from aiohttp import web

from cose import CborRefused, decode
from rest.errors import BadRequest
from rest.operation import CBOR

T = TypeVar("T")

JSON = "application/json"
_LONGEST = 200
_PLAINLY = {
    "Input data was truncated": "this is not whole: it ends too early",
    r"Expected `str` matching regex '^[0-9a-f]{64}\\Z'": "a SHA-256, please: 64 digits 0-9a-f",
}
"""What msgspec says as programs do, for people."""
_MESSAGE = re.compile(r"(.*?)(?: - at (?:`key` in )?`(\$[^`]*)`)?", re.DOTALL)
_NAMED = re.compile(r"Object (?:contains unknown|missing required) field `(.*)`", re.DOTALL)


async def json_body(request: web.Request, kind: type[T], **given: object) -> T:
    """Read the body as `kind`; the fields in `given` come from elsewhere, not from it.

    Raises `BadRequest` naming the field, and lets aiohttp refuse what is too large.
    """
    for name in request.query:
        raise BadRequest("nothing is asked in the query here", field=f"?{name}")
    if request.body_exists and request.content_type not in (JSON, CBOR):
        raise BadRequest(f"the body is to be {JSON} or {CBOR}", field="Content-Type")
    data, type_ = await request.read(), body_type(cast("Any", kind), frozenset(given))
    try:
        if data and request.content_type == CBOR:
            body = msgspec.convert(decode(data), type_, strict=True)
        else:
            body = msgspec.json.decode(data or b"{}", type=type_)
            _refuse_repeated(_pairs.decode(data.decode() or "{}"))
    except CborRefused as error:
        said = "CBOR in its one deterministic form (RFC 8949, 4.2.1), please"
        raise BadRequest(said, field="$") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _refusal(str(error)) from error
    return msgspec.convert(
        msgspec.structs.asdict(body) | given, kind, from_attributes=True, strict=True
    )


def json_response(value: object, *, status: int = 200, **headers: str) -> web.Response:
    """Answer with `value` as JSON; names of headers have `_` for `-`.

    Nobody keeps a copy unless a `Cache_Control` says that it may be kept.
    """
    named = {"Cache_Control": "no-store"} | headers
    return web.Response(
        body=msgspec.json.encode(value),
        status=status,
        content_type=JSON,
        headers={name.replace("_", "-"): text for name, text in named.items()},
    )


def _refusal(text: str) -> BadRequest:
    """Say what msgspec says, with the field that it names in its message or at its end."""
    found = _MESSAGE.fullmatch(text)
    message, path = found.groups() if found else (text, None)
    message = _PLAINLY.get(message, message)
    named = _NAMED.fullmatch(message)
    field = (path or "$") + (f".{named[1]}" if named else "")
    return BadRequest(message[:_LONGEST], field=field[:_LONGEST])


@dataclass(frozen=True, slots=True)
class _Repeated:
    """Stands where an object has a field twice."""

    name: str


def _object(pairs: list[tuple[str, object]]) -> object:
    read: dict[str, object] = {}
    for name, value in pairs:
        if name in read:
            return _Repeated(name)
        read[name] = value
    return read


_pairs = json.JSONDecoder(object_pairs_hook=_object)


def _refuse_repeated(body: object) -> None:
    waiting: list[tuple[str, object]] = [("$", body)]
    while waiting:
        path, value = waiting.pop()
        match value:
            case _Repeated(name):
                raise BadRequest("given twice", field=f"{path}.{name}"[:_LONGEST])
            case dict():
                waiting += [(f"{path}.{name}", each) for name, each in value.items()]
            case list():
                waiting += [(f"{path}[{at}]", each) for at, each in enumerate(value)]


@lru_cache(maxsize=128)
def body_type(kind: type[Any], given: Collection[str] = frozenset()) -> type[msgspec.Struct]:
    """Return a struct with the fields of `kind` that a body has to bring, and no others."""
    if not is_dataclass(kind):
        raise TypeError(f"{kind.__name__} is not a dataclass")
    hints = get_type_hints(kind, include_extras=True)
    members: list[Any] = []
    for field in fields(kind):
        if field.name in given:
            continue
        hint = _strict(hints[field.name])
        if field.default is not MISSING:
            members.append((field.name, hint, field.default))
        elif field.default_factory is not MISSING:
            default = msgspec.field(default_factory=field.default_factory)
            members.append((field.name, hint, default))
        else:
            members.append((field.name, hint))
    return msgspec.defstruct(
        kind.__name__,
        members,
        kw_only=True,
        frozen=True,
        forbid_unknown_fields=True,
        namespace={"__doc__": kind.__doc__},
    )


def _strict(hint: Any) -> Any:
    """The same type, with such a struct for every dataclass in it."""
    if get_origin(hint) is tuple:
        return GenericAlias(tuple, tuple(map(_strict, get_args(hint))))
    return body_type(cast("Any", hint)) if is_dataclass(hint) else hint
