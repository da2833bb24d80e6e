"""Whether an answer is one that the OpenAPI document tells of: checked for every answer.

Members that the document does not name are refused here, though callers are told to pass
over them: else nobody would notice that one was forgotten.
"""

import re
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from server import create_app
from service.describing import describe
from service.settings import Settings

_OF_NAMES = ("additionalProperties", "required")
_FAILED = 500
"""Not in the document, as nobody is to count on it; whoever expects it checks it."""


def check_described(method: str, path: str, status: int, media: str, body: Any) -> None:
    """Raise `AssertionError` for an answer that the document does not tell of."""
    operation = _operation_of(method, path.partition("?")[0])
    if operation is None:
        assert status in (403, 404, 405, _FAILED), f"{method} {path} is not described"
        return
    if status == _FAILED:
        return
    at, responses = operation
    assert str(status) in responses, f"{at} does not say that it answers {status}"
    content = _resolved(responses[str(status)]).get("content", {})
    assert not media or media in content, f"{at} does not say that {status} is {media}"
    if media.endswith("json") and body is not None:
        for error in _validator(at, status, media).iter_errors(body):
            # A value may be a person's, so that only names are shown.
            names = error.message if error.schema_path[-1] in _OF_NAMES else ""
            told = f"{error.schema_path} at {error.instance_path}: {names}"
            raise AssertionError(f"{at} {status}: {told}")


@cache
def document() -> dict[str, Any]:
    """Return the document of a service with all of its routes."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), sample_register=True)
        return describe(create_app(settings))


@cache
def _paths() -> list[tuple[re.Pattern[str], str]]:
    # Where a name and a parameter both fit, it is the name.
    paths = sorted(document()["paths"], key=lambda path: (path.count("{"), path))
    return [(re.compile(_pattern(path)), path) for path in paths]


def _pattern(path: str) -> str:
    kinds = {"tile": "[^{}]+"}
    parts = re.split(r"{([a-z_]+)}", path)
    return "".join(
        kinds.get(part, "[^{}/]+") if at % 2 else re.escape(part)
        for at, part in enumerate(parts)
    )


def _operation_of(method: str, path: str) -> tuple[str, dict[str, Any]] | None:
    asked = {"HEAD": "get"}.get(method, method.lower())
    for pattern, template in _paths():
        if pattern.fullmatch(path) and asked in document()["paths"][template]:
            responses = document()["paths"][template][asked]["responses"]
            return f"{method} {template}", responses
    return None


def _resolved(response: dict[str, Any]) -> dict[str, Any]:
    name = response.get("$ref", "").rpartition("/")[2]
    return document()["components"]["responses"][name] if name else response


@cache
def _validator(at: str, status: int, media: str) -> jsonschema_rs.Draft202012Validator:
    method, _, template = at.partition(" ")
    asked = {"HEAD": "get"}.get(method, method.lower())
    response = _resolved(document()["paths"][template][asked]["responses"][str(status)])
    schema = response["content"][media]["schema"]
    components = {"schemas": _closed()}
    return jsonschema_rs.Draft202012Validator(
        {**schema, "components": components}, validate_formats=True
    )


@cache
def _closed() -> dict[str, Any]:
    """Return the schemas, each refusing members that it does not name."""
    schemas = document()["components"]["schemas"]
    return {
        name: {**schema, "additionalProperties": False}
        if "properties" in schema and name != "Problem"
        else schema
        for name, schema in schemas.items()
    }
