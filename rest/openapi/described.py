"""One operation of the document: a route, or one of several that a route's path names."""

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, is_dataclass
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from rest.body import body_type
from rest.operation import Operation, Shape, operation_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A route, with the type that its body is read into."""

    method: str
    template: str
    path: str
    handler: Handler
    told: Operation
    body: Shape

    @property
    def slug(self) -> str:
        """An id that stays as long as method and path do."""
        plain = self.path.replace("{", "").replace("}", "").replace(".", "")
        parts = [*filter(None, plain.split("/"))] or ["start"]
        return "-".join([self.method.lower(), *parts])

    @property
    def words(self) -> tuple[str, str]:
        """What it does in a line, and what else there is to say."""
        told = self.handler if self.path == self.template else self.body
        summary, _, more = (inspect.getdoc(told) or "").partition("\n")
        return summary.rstrip("."), more.strip()


def described(routes: Iterable[web.AbstractRoute]) -> list[Described]:
    """Return the operations of `routes` in order; raises `KeyError` for one that has none."""
    found = [
        each
        for route in routes
        if route.resource is not None and route.method != "HEAD"
        for each in _of(route, route.resource.canonical)
    ]
    return sorted(found, key=lambda each: (each.path, each.method))


def _of(route: web.AbstractRoute, path: str) -> Iterable[Described]:
    told = operation_of(route.handler)
    if told is None:
        raise KeyError(f"{route.method} {path} has no operation")
    bodies: Mapping[str, Shape] = {"": told.body}
    if isinstance(told.body, Mapping):
        bodies = told.body
    for last, body in bodies.items():
        yield Described(
            method=route.method,
            template=path,
            path=f"{path.rpartition('/')[0]}/{last}" if last else path,
            handler=route.handler,
            told=told,
            body=_read(body, told),
        )


def _read(body: Shape, told: Operation) -> Shape:
    """Return what a body is read as, which is no dataclass but a struct made of it."""
    kind: Any = body
    return body_type(kind, frozenset(told.given)) if is_dataclass(body) else body
