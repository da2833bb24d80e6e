"""What the type of a problem leads to: a short text for a person who follows it."""

from aiohttp import web

from rest.language import Text, language_of, translated
from rest.operation import TEXT, operation
from rest.problem import OWN, Table, name_of


def problem_routes(table: Table) -> list[web.RouteDef]:
    """Return the route that explains every problem of `table`, and our own."""
    problems = {name_of(kind): problem for kind, problem in {**OWN, **table}.items()}

    @operation(answers={200: TEXT})
    async def explain(request: web.Request) -> web.Response:
        """Explain a kind of problem, and what to do about it."""
        name = request.match_info["name"]
        if name not in problems:
            raise web.HTTPNotFound
        problem, language = problems[name], language_of(request)
        text = translated(request, name, language) or Text(problem.title, problem.advice)
        headers = {
            "Cache-Control": "public, max-age=3600",
            "Content-Language": language,
            "Vary": "Accept-Language",
        }
        told = f"{text.title} ({problem.status})\n\n{text.advice}\n"
        return web.Response(text=told, headers=headers)

    return [web.get("/problems/{name}", explain)]
