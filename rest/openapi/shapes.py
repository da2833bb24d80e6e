"""The schemas of all types in bodies and answers, as `msgspec` derives them."""

from collections.abc import Iterable
from types import UnionType
from typing import Any, Final, get_args

import msgspec

from rest.body import JSON
from rest.openapi.described import Described
from rest.operation import CBOR, Shape

_REFERENCE: Final = "#/components/schemas/{name}"


class Shapes:
    """They are asked for all at once, so that two types of one name get names of their own."""

    def __init__(self, operations: Iterable[Described]) -> None:
        kinds: dict[Any, None] = {}
        for each in operations:
            for shape in (each.body, *each.told.answers.values()):
                kinds |= dict.fromkeys(_types(shape))
        schemas, components = msgspec.json.schema_components(
            list(kinds), ref_template=_REFERENCE
        )
        self.components: dict[str, Any] = portable(components)
        self._schemas = dict(zip(kinds, schemas, strict=True))

    def content(self, shape: Shape) -> dict[str, Any]:
        """Return the representations there are of a body or an answer."""
        content = {each: {"schema": _raw(each)} for each in _media(shape)}
        found = [self._schemas[kind] for kind in _types(shape)]
        if found:
            schema = found[0] if len(found) == 1 else {"anyOf": found}
            content |= {JSON: {"schema": schema}, CBOR: {"schema": schema}}
        return content


def portable(schema: Any) -> Any:
    """Return `schema` with patterns as JSON Schema has them: `$` there is Python's `\\Z`."""
    match schema:
        case dict():
            return {
                name: told.replace(r"\Z", "$") if name == "pattern" else portable(told)
                for name, told in schema.items()
            }
        case list() | tuple():
            return [portable(each) for each in schema]
        case _:
            return schema


def _media(shape: Shape) -> list[str]:
    return [each for each in _parts(shape) if isinstance(each, str)]


def _types(shape: Shape) -> list[Any]:
    return [each for each in _parts(shape) if not isinstance(each, str)]


def _parts(shape: Shape) -> tuple[Any, ...]:
    if shape is None:
        return ()
    if isinstance(shape, UnionType):
        return get_args(shape)
    return shape if isinstance(shape, tuple) else (shape,)


def _raw(media: str) -> dict[str, Any]:
    return {"type": "string"} if media.startswith("text/") else {}
