"""What a handler takes and answers, as far as its path and its docstring do not say it.

The OpenAPI document is made of it, and no route is without one. The types named here
are those that bodies are read into and answers are written from; whoever names others
describes something that is not there.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

Shape = Any
"""What is in a body: a type for JSON, as `msgspec` reads one (a struct, a typed dictionary,
a dataclass, a union); a media type for what is no JSON; a tuple of both where it may be
either; `None` for nothing.
"""

HTML: Final = "text/html"
TEXT: Final = "text/plain"
BYTES: Final = "application/octet-stream"
CBOR: Final = "application/cbor"
ZIP: Final = "application/zip"

_HANDLER = TypeVar("_HANDLER", bound=Callable[..., object])
_NAME: Final = "__operation__"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """The shapes of one route, by status for what it answers when all is well."""

    answers: Mapping[int, Shape]
    body: Shape = None
    """Where it is a mapping, the last part of the path names one of several bodies."""
    query: type | None = None
    given: Collection[str] = ()
    """Fields of the body's type that come from elsewhere, so that no body brings them."""
    if_match: bool = False
    """Whether it changes what was seen before, and has to be told in which version."""
    streamed: bool = False
    """Whether its handler takes the body piece by piece, as it may be longer than others."""


def operation(
    *,
    answers: Mapping[int, Shape],
    body: Shape = None,
    query: type | None = None,
    given: Collection[str] = (),
    if_match: bool = False,
    streamed: bool = False,
) -> Callable[[_HANDLER], _HANDLER]:
    """Say what a handler takes and answers; to be put under the decorator of its route."""
    told = Operation(
        answers=answers,
        body=body,
        query=query,
        given=tuple(given),
        if_match=if_match,
        streamed=streamed,
    )

    def tell(handler: _HANDLER) -> _HANDLER:
        setattr(handler, _NAME, told)
        return handler

    return tell


def operation_of(handler: object) -> Operation | None:
    """Return what was said of a handler."""
    return getattr(handler, _NAME, None)
