"""Putting the document together: paths, what they answer, and where an answer leads."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from aiohttp import web

from rest.body import JSON
from rest.concise import CONCISE
from rest.openapi.described import Described, described
from rest.openapi.errors import error_responses, problem_components
from rest.openapi.parameters import (
    HEADERS,
    PARAMETERS,
    header_parameters,
    path_parameters,
    query_parameters,
)
from rest.openapi.shapes import Shapes
from rest.problem import PROBLEM, Table

VERSION: Final = "3.1.1"
_OTHERS: Final = "service"
"""The tag of what belongs under no other."""

Document = dict[str, Any]
Access = Callable[[str, str], tuple[list[dict[str, list[str]]], str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the routes do not say: of the whole, of tags and paths, and who may ask.

    `access` returns the security requirements of a method and a path, and a sentence.
    """

    title: str
    version: str
    description: str
    tags: Mapping[str, str]
    in_paths: Mapping[str, Any]
    examples: Mapping[str, Any]
    access: Access
    problems: Table


def openapi(routes: Iterable[web.AbstractRoute], about: About) -> Document:
    """Return the document of `routes`; raises `KeyError` for one without an operation."""
    operations = described(routes)
    shapes = Shapes(operations)
    errors = error_responses(about.problems)
    paths: dict[str, Document] = {}
    for each in operations:
        shown = _operation(each, shapes, about, errors)
        paths.setdefault(each.path, {})[each.method.lower()] = shown
    used = {one["tags"][0] for path in paths.values() for one in path.values()}
    document: Document = {
        "openapi": VERSION,
        "info": {
            "title": about.title,
            "version": about.version,
            "description": about.description,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": n, "description": d} for n, d in about.tags.items() if n in used],
        "paths": paths,
        "components": {
            "schemas": dict(sorted({**shapes.components, **problem_components()}.items())),
            "responses": errors,
            "parameters": PARAMETERS,
            "headers": HEADERS,
            "securitySchemes": {"session": _SESSION},
        },
    }
    _link(document)
    return document


def _operation(each: Described, shapes: Shapes, about: About, errors: Document) -> Document:
    summary, more = each.words
    security, who = about.access(each.method, each.template)
    shown: Document = {
        "operationId": each.slug,
        "tags": [_tag(each.path, about.tags)],
        "summary": summary,
        "description": f"{more}\n\n{who}".strip(),
        "security": security,
        "parameters": [
            *path_parameters(each.path, about.in_paths),
            *query_parameters(each.told.query),
            *header_parameters(each.method, each.told),
        ],
        "responses": _responses(each, shapes, errors),
    }
    if each.body is not None:
        content = shapes.content(each.body)
        example = about.examples.get(f"{each.method} {each.path}")
        if example is not None:
            content[JSON] = {**content[JSON], "example": example}
        shown["requestBody"] = {"required": _is_required(each.body), "content": content}
    return shown


def _responses(each: Described, shapes: Shapes, errors: Document) -> Document:
    responses: Document = {}
    for status, shape in each.told.answers.items():
        content = {} if shape is None else shapes.content(shape)
        if status >= 400:
            content |= {PROBLEM: {"schema": _PROBLEM}, CONCISE: {"schema": {}}}
        answer = {
            "description": _ANSWERS.get(status, "What is answered then."),
            "headers": _headers(each.method, status),
            "content": content,
        }
        responses[str(status)] = {name: told for name, told in answer.items() if told}
    for name in errors:
        code = name.removeprefix("Problem")
        if each.method != "GET" or int(code) not in _WRITING:
            responses.setdefault(code, {"$ref": f"#/components/responses/{name}"})
    if each.method == "GET":
        responses.setdefault("304", {"description": _ANSWERS[304]})
    return dict(sorted(responses.items()))


def _headers(method: str, status: int) -> Document:
    names: tuple[str, ...] = ()
    if method == "GET" and status == 200:
        names = ("ETag", "Cache-Control")
    elif status == 201:
        names = ("Location", "ETag")
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _link(document: Document) -> None:
    """Let what a command answers lead to whatever is asked by the id that it gave."""
    schemas = document["components"]["schemas"]
    for at, path in document["paths"].items():
        created = path.get("post", {}).get("responses", {}).get("201", {})
        schema = created.get("content", {}).get(JSON, {}).get("schema", {})
        answer = schemas.get(schema.get("$ref", "").rpartition("/")[2], {})
        # What was asked for names something too, such as whose the thing is.
        known = {name: f"$request.path.{name}" for name in _NAMED.findall(at)}
        known |= {name: f"$response.body#/{name}" for name in answer.get("properties", ())}
        links = {
            one["operationId"]: {
                "operationId": one["operationId"],
                "parameters": {name: known[name] for name in _NAMED.findall(to)},
            }
            for to, others in document["paths"].items()
            if _goes_on(at, to) and known.keys() >= set(_NAMED.findall(to))
            for one in others.values()
        }
        if links:
            created["links"] = links


def _goes_on(at: str, to: str) -> bool:
    """Tell whether a path is of what came of another: an `id` alone is of anything."""
    # What is one's own under `/me` is somebody's for whoever answers for it.
    before = (at, at.rpartition("/")[0], at.replace("/me/", "/"))
    return to.startswith(tuple(f"{path}/{{" for path in before))


def _is_required(body: Any) -> bool:
    if isinstance(body, str | tuple):
        return True
    return any(field.required for field in msgspec.structs.fields(body))


def _tag(path: str, tags: Mapping[str, str]) -> str:
    parts = [part for part in path.split("/") if part and part != "v1"]
    return next((part for part in parts if part in tags), _OTHERS)


_NAMED: Final = re.compile(r"{(\w+)}")
_SESSION: Final = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "CWT",
    "description": "A session; the scope that is named is one that it has to have.",
}
_PROBLEM: Final = {"$ref": "#/components/schemas/Problem"}
_WRITING: Final = frozenset({408, 409, 412, 413, 415, 422, 428})
"""What is answered to those alone who send or change something."""
_ANSWERS: Final = {
    200: "What was asked for, or what was done.",
    201: "What came of it.",
    202: "It is recorded, and goes on being carried out.",
    204: "It is done.",
    206: "The part that was asked for.",
    303: "Go on to the page in `Location`.",
    304: "The answer is the one you have.",
}
