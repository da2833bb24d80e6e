"""What the type of a problem leads to: a short text for a person who follows it."""

from aiohttp import web

from rest.operation import TEXT, operation
from rest.problem import OWN, Table, name_of


def problem_routes(table: Table) -> list[web.RouteDef]:
    """Return the route that explains every problem of `table`, and our own."""
    texts = {
        name_of(kind): f"{problem.title} ({problem.status})\n\n{problem.advice}\n"
        for kind, problem in {**OWN, **table}.items()
    }

    @operation(answers={200: TEXT})
    async def explain(request: web.Request) -> web.Response:
        """Explain a kind of problem, and what to do about it."""
        name = request.match_info["name"]
        if name not in texts:
            raise web.HTTPNotFound
        return web.Response(text=texts[name], headers={"Cache-Control": "public, max-age=3600"})

    return [web.get("/problems/{name}", explain)]
