"""Errors as problem documents (RFC 9457; in CBOR, RFC 9290), from one table.

A refusal tells the caller what to do about it. What went wrong inside us is
told to our own log, by kind and never by content.
"""

import logging
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from rest.concise import CONCISE, concise, speaks_cbor
from rest.errors import OWN, BadRequest, Problem, Table, TooBusy
from rest.language import Text, language_of, translated
from rest.request_ids import REQUEST_ID

PROBLEM = "application/problem+json"
PLAIN = "about:blank"
"""The type of what says no more than its HTTP status does (RFC 9457, 4.2.1)."""

REFUSED = web.RequestKey("refused", str)
"""The type of the problem that was answered."""

__all__ = [
    "OWN",
    "PLAIN",
    "PROBLEM",
    "REFUSED",
    "Table",
    "expect_type",
    "look_up",
    "name_of",
    "problem_middleware",
    "tell",
]

_log = logging.getLogger("tongban.http")


def problem_middleware(table: Table) -> Middleware:
    """Return a middleware that turns errors into problem documents by `table`."""
    known = {**OWN, **table}

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            return _from_aiohttp(request, error)
        except (ConnectionError, web.RequestPayloadError):
            # The body broke off, or is not what its headers say; often nobody is left to hear.
            return _plain(request, 400, "Bad Request")
        except Exception as error:
            return _from_table(request, error, known)

    return middleware


def name_of(kind: type[Exception]) -> str:
    """The last part of a problem's type: `CaseNotFound` is `case-not-found`."""
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in kind.__name__).lstrip("-")


def look_up(kind: type[Exception], table: Table) -> tuple[type[Exception], Problem] | None:
    """Return the entry for an error or for the nearest of its ancestors."""
    for ancestor in kind.__mro__:
        if ancestor in table:
            return ancestor, table[ancestor]
    return None


def tell(request: web.Request, error: Exception, table: Table) -> web.Response:
    """Return the problem document for `error`, by `table` and our own."""
    return _from_table(request, error, {**OWN, **table})


def _from_table(request: web.Request, error: Exception, table: Table) -> web.Response:
    found = look_up(type(error), table)
    if found is None:
        # Only the kind of error: a message or a value could name a person.
        _log.error("unexpected %s", type(error).__name__, stack_info=False)
        return _plain(request, 500, "Internal Server Error")
    kind, problem = found
    if problem.status >= 500 and not isinstance(error, TooBusy):
        _log.error("%s: %s", type(error).__name__, problem.title)
    members: dict[str, Any] = {}
    if not problem.quiet and str(error):
        members["detail"] = str(error)
    if problem.members is not None:
        members |= problem.members(error)
    if isinstance(error, BadRequest):
        members["field"] = error.field
    name, language = name_of(kind), language_of(request)
    text = translated(request, name, language) or Text(problem.title, problem.advice)
    if "Accept-Language" in request.headers:
        members["advice"] = text.advice
    told = {"status": problem.status, "title": text.title, **members}
    response = _document(request, f"/problems/{name}", **told)
    response.headers["Content-Language"] = language
    response.headers.add("Vary", "Accept-Language")
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    # An error may know better than the table when to come back.
    retry_after = getattr(error, "retry_after", None) or problem.retry_after
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _from_aiohttp(request: web.Request, error: web.HTTPException) -> web.Response:
    expected = error.headers.get("Accept")
    said = {} if expected is None else {"detail": f"send it as {expected}"}
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        # How much there may be, and how much there was.
        said["detail"] = error.text or ""
    response = _plain(request, error.status, error.reason, **said)
    for name in ("Allow", "Accept", "Accept-Encoding", "Content-Range"):
        if name in error.headers:
            response.headers[name] = error.headers[name]
    return response


def _plain(request: web.Request, status: int, title: str, **said: object) -> web.Response:
    """Return what says no more than its status does, in the language asked for."""
    language = language_of(request)
    text = translated(request, str(status), language)
    told = title if text is None else text.title
    response = _document(request, PLAIN, status=status, title=told, **said)
    response.headers["Content-Language"] = "en" if text is None else language
    response.headers.add("Vary", "Accept-Language")
    return response


def expect_type(request: web.Request, expected: str) -> None:
    """Refuse a body of another type, and say which it has to be (RFC 9110, 15.5.16)."""
    if request.content_type != expected:
        raise web.HTTPUnsupportedMediaType(headers={"Accept": expected})


def _document(
    request: web.Request, kind: str, *, status: int, title: str, **members: object
) -> web.Response:
    body = {"type": kind, "title": title, "status": status, **members}
    request[REFUSED] = kind
    if (id := request.get(REQUEST_ID)) is not None:
        body["request_id"] = id
    in_cbor = speaks_cbor(request)
    return web.Response(
        body=concise(body) if in_cbor else msgspec.json.encode(body),
        status=status,
        content_type=CONCISE if in_cbor else PROBLEM,
        headers={"Cache-Control": "no-store", "Vary": "Accept"},
    )
