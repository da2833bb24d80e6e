"""Problem documents (RFC 9457) as OpenAPI describes them: by status, with their types."""

from typing import Any, Final

from rest.concise import CONCISE
from rest.problem import OWN, PLAIN, PROBLEM, Table, name_of

BY_HTTP: Final = {
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    416: "Range Not Satisfiable",
}
"""What is refused before any handler sees it, and has no type of its own."""


def error_responses(table: Table) -> dict[str, Any]:
    """Return the response of each status; 500 is none that anybody is to count on."""
    types: dict[int, list[str]] = {status: [PLAIN] for status in BY_HTTP}
    titles: dict[int, list[str]] = {status: [text] for status, text in BY_HTTP.items()}
    for kind, problem in {**OWN, **table}.items():
        if problem.status != 500:
            types.setdefault(problem.status, []).append(f"/problems/{name_of(kind)}")
            titles.setdefault(problem.status, []).append(problem.title)
    return {
        f"Problem{status}": _response(status, types[status], titles[status])
        for status in sorted(types)
    }


def problem_components() -> dict[str, Any]:
    """Return the schema that every problem document follows."""
    return {
        "Problem": {
            "title": "Problem",
            "description": "What went wrong, and of which kind it is (RFC 9457).",
            "type": "object",
            "required": ["type", "title", "status"],
            "properties": {
                "type": {
                    "type": "string",
                    "description": "Stable; followed, it says what to do about it.",
                },
                "title": {"type": "string"},
                "status": {"type": "integer", "minimum": 400, "maximum": 599},
                "detail": {"type": "string"},
                "advice": {"type": "string", "description": "In the language asked for."},
                "field": {"type": "string", "description": "What does not fit."},
                "request_id": {"type": "string", "description": "By which our log knows it."},
            },
        }
    }


def _response(status: int, types: list[str], titles: list[str]) -> dict[str, Any]:
    schema = {
        "allOf": [{"$ref": "#/components/schemas/Problem"}],
        "properties": {"type": {"enum": types}, "status": {"const": status}},
    }
    response: dict[str, Any] = {
        "description": "; ".join(dict.fromkeys(titles)) + ".",
        "content": {PROBLEM: {"schema": schema}, CONCISE: {"schema": {}}},
    }
    if status in (429, 503):
        response["headers"] = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
    return response
