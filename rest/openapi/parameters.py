"""What stands in a path, a query or a header, as OpenAPI describes it."""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from rest.operation import Operation

_IN_PATH: Final = re.compile(r"{([a-z_]+)}")

PARAMETERS: Final = {
    "Idempotency-Key": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Makes it safe to send again: one effect, one answer.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    },
    "If-Match": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": "The `ETag` of what you saw; `*` where any version will do.",
        "schema": {"type": "string", "pattern": '^(\\*|"[1-9][0-9]{0,17}(-[0-9a-f]{1,64})?")$'},
        "example": "*",
    },
    "If-None-Match": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The `ETag` of the answer you have: 304 where it is the same.",
        "schema": {"type": "string", "pattern": '^(W/)?"[!#-~]{1,128}"$'},
    },
    "Accept-Language": {
        "name": "Accept-Language",
        "in": "header",
        "description": "`zh-Hans`, `zh-Hant` or `en`, for names and messages.",
        "schema": {"type": "string", "pattern": "^[A-Za-z-]{2,12}$"},
        "example": "zh-Hant",
    },
    "Prefer": {
        "name": "Prefer",
        "in": "header",
        "description": "`wait=SECONDS`: how long to wait for a view rather than be refused.",
        "schema": {"type": "string", "pattern": "^wait=[0-9]{1,2}$"},
    },
}
"""The headers that are the same wherever they are taken."""

HEADERS: Final = {
    "ETag": {"schema": {"type": "string"}, "description": "To be sent as `If-Match`."},
    "Location": {"schema": {"type": "string"}, "description": "Where it is from now on."},
    "Cache-Control": {"schema": {"type": "string"}},
    "Retry-After": {
        "schema": {"type": "integer", "minimum": 1},
        "description": "Seconds after which it is worth trying again.",
    },
}


def path_parameters(path: str, known: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the parameters of `path`, each of the type that `known` has for its name."""
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": msgspec.json.schema(known.get(name, str)),
        }
        for name in _IN_PATH.findall(path)
    ]


def query_parameters(kind: type | None) -> list[dict[str, Any]]:
    """Return the parameters that a typed dictionary names."""
    if kind is None:
        return []
    _, components = msgspec.json.schema_components([kind])
    asked = components[kind.__name__]
    return [
        {
            "name": name,
            "in": "query",
            "required": name in asked.get("required", ()),
            **({"description": schema.pop("description")} if "description" in schema else {}),
            "schema": schema,
        }
        for name, schema in asked["properties"].items()
    ]


def header_parameters(method: str, told: Operation) -> list[dict[str, Any]]:
    """Return references to the headers that a route takes."""
    names = ["Accept-Language"]
    if method == "POST":
        names.append("Idempotency-Key")
    if told.if_match:
        names.append("If-Match")
    if method == "GET":
        names.append("If-None-Match")
        if told.query is not None and "position" in told.query.__annotations__:
            names.append("Prefer")
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]
