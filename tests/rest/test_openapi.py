"""The document follows from routes and types, whichever they are."""

from dataclasses import dataclass
from typing import Annotated, TypedDict
from uuid import UUID

import pytest
from aiohttp import web
from msgspec import Meta

from rest import CBOR, JSON, TEXT, operation
from rest.openapi import About, openapi
from rest.openapi.shapes import plain_names

Code = Annotated[str, Meta(pattern=r"^[a-z]+\Z")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Open it."""

    id: UUID
    code: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """Shut it, with a reason."""

    id: UUID
    reason: str = ""


class Door(TypedDict):
    """A door."""

    id: UUID


class Gate(TypedDict):
    """A gate."""

    bars: int


class Asked(TypedDict, total=False):
    """What may be asked."""

    limit: Annotated[int, Meta(ge=1, le=500, description="How many.")]


def anyone(method: str, path: str) -> tuple[list[dict[str, list[str]]], str]:
    return [{}], "For anyone."


def described(*routes: web.RouteDef):
    app = web.Application()
    app.add_routes(routes)
    about = About(
        title="Doors",
        version="1",
        description="",
        tags={"doors": "All of them."},
        in_paths={"id": UUID},
        examples={},
        access=anyone,
        problems={},
    )
    return openapi(app.router.routes(), about)


@operation(body={"openings": Open, "shuttings": Shut}, given=("id",), answers={200: Door})
async def act(request: web.Request) -> web.Response:
    """Do what the path says."""
    return web.Response()


@operation(query=Asked, answers={200: (Door, Gate, TEXT)})
async def show(request: web.Request) -> web.Response:
    """Show what is there.

    All of it.
    """
    return web.Response()


async def untold(request: web.Request) -> web.Response:
    """Say nothing of itself."""
    return web.Response()


def test_a_route_that_says_nothing_of_itself_is_named():
    with pytest.raises(KeyError, match="GET /doors"):
        described(web.get("/doors", untold))


def test_a_route_that_takes_several_bodies_is_several_operations():
    paths = described(web.post("/doors/{id}/{act:openings|shuttings}", act))["paths"]

    assert set(paths) == {"/doors/{id}/openings", "/doors/{id}/shuttings"}
    assert paths["/doors/{id}/shuttings"]["post"]["summary"] == "Shut it, with a reason"


def test_what_the_path_brings_is_in_no_body():
    document = described(web.post("/doors/{id}/{act:openings|shuttings}", act))

    taken = document["components"]["schemas"]["Open"]
    assert set(taken["properties"]) == {"code"}
    assert document["paths"]["/doors/{id}/openings"]["post"]["requestBody"]["required"]
    assert not document["paths"]["/doors/{id}/shuttings"]["post"]["requestBody"]["required"]


def test_patterns_are_those_of_json_schema():
    document = described(web.post("/doors/{id}/{act:openings|shuttings}", act))

    assert document["components"]["schemas"]["Open"]["properties"]["code"] == {
        "type": "string",
        "pattern": "^[a-z]+$",
    }


def test_an_answer_of_several_shapes_is_any_of_them():
    shown = described(web.get("/doors", show))["paths"]["/doors"]["get"]

    content = shown["responses"]["200"]["content"]
    assert set(content) == {JSON, CBOR, TEXT}
    assert content[JSON]["schema"]["anyOf"] == [
        {"$ref": "#/components/schemas/Door"},
        {"$ref": "#/components/schemas/Gate"},
    ]


def test_a_parameter_has_its_limits_and_a_docstring_its_lines():
    shown = described(web.get("/doors", show))["paths"]["/doors"]["get"]

    (limit,) = [each for each in shown["parameters"] if each.get("in") == "query"]
    assert (limit["name"], limit["required"]) == ("limit", False)
    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 500}
    assert (shown["summary"], shown["description"]) == (
        "Show what is there",
        "All of it.\n\nFor anyone.",
    )


def test_who_only_reads_is_not_told_of_what_befalls_writers():
    shown = described(web.get("/doors", show))["paths"]["/doors"]["get"]

    assert "304" in shown["responses"]
    assert not {"413", "415", "428"} & set(shown["responses"])


def test_types_of_one_name_are_told_apart_by_as_little_of_their_modules_as_does():
    names = plain_names(["Case", "a.answers.Begun", "b.answers.Begun", "a.case.Of", "a.b_c.Of"])

    assert names == {
        "Case": "Case",
        "a.answers.Begun": "AAnswersBegun",
        "b.answers.Begun": "BAnswersBegun",
        "a.case.Of": "CaseOf",
        "a.b_c.Of": "BCOf",
    }
