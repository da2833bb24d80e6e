"""The schemas of all types in bodies and answers, as `msgspec` derives them."""

from collections.abc import Iterable, Mapping
from types import UnionType
from typing import Any, Final, get_args

import msgspec

from rest.body import JSON
from rest.openapi.described import Described
from rest.operation import CBOR, Shape

_PREFIX: Final = "#/components/schemas/"
_REFERENCE: Final = _PREFIX + "{name}"


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
        names = plain_names(components)
        self.components: dict[str, Any] = {
            names[name]: _renamed(portable(told), names) for name, told in components.items()
        }
        self._schemas = dict(zip(kinds, _renamed(list(schemas), names), strict=True))

    def content(self, shape: Shape) -> dict[str, Any]:
        """Return the representations there are of a body or an answer."""
        content = {each: {"schema": _raw(each)} for each in _media(shape)}
        found = [self._schemas[kind] for kind in _types(shape)]
        if found:
            schema = found[0] if len(found) == 1 else {"anyOf": found}
            content |= {JSON: {"schema": schema}, CBOR: {"schema": schema}}
        return content


def plain_names(components: Iterable[str]) -> dict[str, str]:
    """Return what each component is called: letters and digits, as programs name types.

    Types of one name have those of their modules before it, as few as tell them apart.
    """
    names = {name: name for name in components if "." not in name}
    for last in {name.rpartition(".")[2] for name in components} - names.keys():
        alike = [name for name in components if name.rpartition(".")[2] == last]
        longest = max(name.count(".") for name in alike)
        for parts in range(2, longest + 2):
            found = {name: _camel(name.split(".")[-parts:]) for name in alike}
            if len(found) == len({*found.values()} - {*names.values()}):
                break
        names |= found
    return names


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


def _camel(parts: list[str]) -> str:
    words = [word for part in parts for word in part.split("_")]
    return "".join(word[:1].upper() + word[1:] for word in words)


def _renamed(schema: Any, names: Mapping[str, str]) -> Any:
    """Return `schema` with every reference to a component by its plain name."""
    match schema:
        case dict():
            return {name: _renamed(told, names) for name, told in schema.items()}
        case list():
            return [_renamed(each, names) for each in schema]
        case str() if schema.startswith(_PREFIX):
            return _PREFIX + names[schema.removeprefix(_PREFIX)]
        case _:
            return schema
