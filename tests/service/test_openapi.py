"""The API describes itself: all of it, validly, and as it is."""

import json
from collections.abc import Mapping
from dataclasses import is_dataclass

import jsonschema_rs
import pytest
from click.testing import CliRunner
from schemathesis.specs.openapi.definitions import OPENAPI_31

from cli import main
from rest import operation_of
from rest.problem import OWN, name_of
from service.describing import IN_PATHS
from service.problems import PROBLEMS
from tests.service.described import check_described, document

pytestmark = pytest.mark.asyncio(loop_scope="session")

METHODS = ("get", "put", "post", "delete")


async def test_the_document_is_valid_openapi(shared):
    answer = await shared.anyone.get("/openapi.json")

    assert answer.body["openapi"].startswith("3.1.")
    # Its schema as the OpenAPI initiative publishes it.
    assert [*jsonschema_rs.Draft202012Validator(OPENAPI_31).iter_errors(answer.body)] == []


async def test_every_route_is_described_by_its_handler(shared):
    routes = [r for r in shared.app.router.routes() if r.method != "HEAD"]

    assert {r.resource.canonical for r in routes if operation_of(r.handler) is None} == set()
    assert [r.resource.canonical for r in routes if not r.handler.__doc__] == []


async def test_every_body_in_json_is_of_a_kind_that_can_be_read(shared):
    told = [operation_of(r.handler) for r in shared.app.router.routes()]
    bodies = [each.body for each in told if each and each.body is not None]

    for body in bodies:
        for kind in body.values() if isinstance(body, Mapping) else [body]:
            assert isinstance(kind, str | tuple) or is_dataclass(kind), kind


async def test_every_operation_has_words_and_an_id_of_its_own():
    operations = [
        each for path in document()["paths"].values() for each in map(path.get, METHODS) if each
    ]

    ids = [each["operationId"] for each in operations]
    assert sorted(ids) == sorted(set(ids))
    assert all(each["summary"] and each["description"] for each in operations)


async def test_every_parameter_in_a_path_that_is_no_text_has_its_type():
    named = {
        parameter["name"]
        for path in document()["paths"].values()
        for each in path.values()
        for parameter in each["parameters"]
        if parameter.get("in") == "path"
    }

    assert set(IN_PATHS) <= named
    assert {name for name in named if name.endswith("_id")} - {"item_id"} <= set(IN_PATHS)


async def test_every_problem_is_told_with_its_status():
    responses = document()["components"]["responses"]

    for kind, problem in {**OWN, **PROBLEMS}.items():
        if problem.status != 500:
            content = responses[f"Problem{problem.status}"]["content"]
            types = content["application/problem+json"]["schema"]["properties"]["type"]["enum"]
            assert f"/problems/{name_of(kind)}" in types


async def test_what_makes_a_client_of_it_finds_names_and_schemas_that_it_can_read():
    names = document()["components"]["schemas"]

    assert [name for name in names if not name.isalnum()] == []
    assert [*booleans(document())] == []


async def test_every_tag_is_explained():
    tags = {tag["name"] for tag in document()["tags"]}

    for path, operations in document()["paths"].items():
        for method, each in operations.items():
            assert set(each["tags"]) <= tags, f"{method} {path}"
            alone = path.startswith("/v1/") and each["tags"] == ["service"]
            assert not alone, f"{path} has no tag"


async def test_a_command_is_described_with_the_fields_it_takes():
    taken = document()["paths"]["/v1/cases/{case_id}/reviews"]["post"]["requestBody"]
    schema = document()["components"]["schemas"]["ReviewCase"]

    assert taken["required"]
    assert set(schema["properties"]) == {"recommendation", "findings"}
    assert schema["properties"]["recommendation"] == {"enum": ["grant", "refuse"]}
    assert schema["additionalProperties"] is False


async def test_whoever_opens_a_case_is_led_to_what_is_done_with_it():
    created = document()["paths"]["/v1/cases"]["post"]["responses"]["201"]

    linked = created["links"]["get-v1-cases-case_id-timeline"]
    assert linked["parameters"] == {"case_id": "$response.body#/case_id"}


async def test_an_id_leads_to_what_it_names_alone_and_with_all_that_is_needed():
    operations = {
        each["operationId"]: at
        for at, path in document()["paths"].items()
        for each in path.values()
    }
    created = document()["paths"]["/v1/me/requests"]["post"]["responses"]["201"]["links"]
    opened = document()["paths"]["/v1/cases"]["post"]["responses"]["201"]["links"]

    assert {operations[each["operationId"]] for each in created.values()} == {
        "/v1/me/requests/{id}/withdrawal",
        "/v1/requests/{id}",
        "/v1/requests/{id}/decision",
    }
    assert opened["get-v1-cases-case_id-receipts-version"]["parameters"] == {
        "case_id": "$response.body#/case_id",
        "version": "$response.body#/version",
    }


async def test_who_has_the_document_is_told_so(shared):
    first = await shared.anyone.get("/openapi.json")
    again = await shared.anyone.get(
        "/openapi.json", headers={"If-None-Match": first.headers["ETag"]}
    )

    assert (again.status, again.content) == (304, b"")


async def test_the_page_to_try_it_loads_nothing_from_elsewhere(shared):
    page = await shared.anyone.get("/docs")
    script = await shared.anyone.get("/docs/swagger-ui-bundle.js")

    assert b"http" not in page.content
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    assert script.headers["Content-Type"].startswith("text/javascript")
    assert b"SwaggerUIBundle" in script.content
    for name in ("swagger-ui.css", "start.js"):
        assert (await shared.anyone.get(f"/docs/{name}")).status == 200


async def test_who_comes_without_a_path_is_led_to_the_page(shared):
    async with shared.http.get("/", allow_redirects=False) as led:
        assert (led.status, led.headers["Location"]) == (303, "docs")
    async with shared.http.get("/") as page:
        assert page.url.path == "/docs"


@pytest.mark.parametrize("name", ["index.css", "..%2f__init__.py", "swagger-ui.js"])
async def test_no_other_file_is_given_with_the_page(shared, name):
    assert (await shared.anyone.get(f"/docs/{name}")).status == 404


async def test_the_command_prints_the_same_document():
    printed = CliRunner().invoke(main, ["openapi"])

    assert printed.exit_code == 0, printed.output
    assert json.loads(printed.output) == document()


@pytest.mark.parametrize(
    ("status", "media", "body", "said"),
    [
        (299, "application/json", {}, "does not say that it answers"),
        (201, "text/html", None, "is text/html"),
        (201, "application/json", {"case_id": "no id"}, "required"),
    ],
)
async def test_an_answer_that_is_not_described_is_noticed(status, media, body, said):
    with pytest.raises(AssertionError, match=said):
        check_described("POST", "/v1/cases", status, media, body)


def booleans(told, at=""):
    """Yield where a schema is only true or false, which OpenAPI allows and few can read."""
    if isinstance(told, dict):
        for name, each in told.items():
            if name == "schema" and isinstance(each, bool):
                yield at
            yield from booleans(each, f"{at}/{name}")


async def test_the_path_of_no_parts_has_an_id_that_says_more_than_its_method():
    assert document()["paths"]["/"]["get"]["operationId"] == "get-start"
