"""The API's description over HTTP: the OpenAPI document, and a page to try it in a browser.

Page, script and style come from us alone; `swagger-ui-py` brings the last two along.
"""

import asyncio
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import msgspec
from aiohttp import web

from rest import HTML, JSON, TEXT, operation
from rest.conditional import tagged, unless_seen
from service.describing import describe

_KEPT: Final = {"Cache-Control": "public, max-age=300"}
_KEPT_LONG: Final = {"Cache-Control": "public, max-age=86400"}
_SCRIPT: Final = "text/javascript"
_FILES: Final = {"swagger-ui-bundle.js": _SCRIPT, "swagger-ui.css": "text/css"}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
"""Swagger UI writes styles into its elements; scripts come from files of ours alone."""
_PAGE: Final = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Tongban: the API</title>
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<main id="api"></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
"""
# Nothing is asked of a validator elsewhere, and no session is kept in the browser.
_START: Final = """\
SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#api", validatorUrl: null,
  deepLinking: true, filter: true, docExpansion: "none", tryItOutEnabled: true
});
"""


def description_routes(app: web.Application) -> list[web.RouteDef]:
    """Return the routes that describe `app`, with whatever routes it has when first asked."""

    @cache
    def written() -> bytes:
        return msgspec.json.encode(describe(app))

    @operation(answers={200: JSON})
    async def show_openapi(request: web.Request) -> web.StreamResponse:
        """Describe the whole API, as OpenAPI 3.1."""
        body = await asyncio.to_thread(written)
        response = web.Response(body=body, content_type=JSON, headers=_KEPT)
        return unless_seen(request, tagged(response))

    return [
        web.get("/openapi.json", show_openapi),
        web.get("/", show_start),
        web.get("/docs", show_page),
        web.get("/docs/{file}", show_file),
    ]


@operation(answers={303: TEXT})
async def show_start(request: web.Request) -> web.Response:
    """Lead whoever comes without a path to the page to try the API."""
    del request
    # From here on, for a proxy that serves us under a path of its own.
    headers = {"Location": "docs", **_KEPT}
    return web.Response(status=303, text="See docs.\n", headers=headers)


@operation(answers={200: HTML})
async def show_page(request: web.Request) -> web.Response:
    """Show a page to read about the API and to try it."""
    del request
    headers = {"Content-Security-Policy": _POLICY, **_KEPT}
    return web.Response(text=_PAGE, content_type=HTML, headers=headers)


@operation(answers={200: (_SCRIPT, "text/css")})
async def show_file(request: web.Request) -> web.Response:
    """Give a file that the page to try the API is made of."""
    file = request.match_info["file"]
    if file == "start.js":
        return web.Response(text=_START, content_type=_SCRIPT, headers=_KEPT)
    if file not in _FILES:
        raise web.HTTPNotFound
    text = await asyncio.to_thread(_bundled, file)
    return web.Response(text=text, content_type=_FILES[file], headers=_KEPT_LONG)


@cache
def _bundled(file: str) -> str:
    # Found, and not imported: the package would bring a template engine along.
    found = find_spec("swagger_ui")
    if found is None or found.origin is None:
        raise web.HTTPNotFound
    return (Path(found.origin).parent / "static" / file).read_text()
