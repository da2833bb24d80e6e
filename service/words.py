"""The words of the procedure over HTTP, for whoever shows them to people."""

from typing import Final

from aiohttp import web
from msgspec import Struct

from ledger.http.parameters import known_query
from rest import json_response, language_of, operation
from service.messages import load_words

KINDS: Final = ("statuses", "acts", "duties", "roles", "events", "laws")

routes = web.RouteTableDef()


class WordsAnswer(Struct):
    """What each is called in `language`."""

    language: str
    statuses: dict[str, str]
    acts: dict[str, str]
    duties: dict[str, str]
    roles: dict[str, str]
    events: dict[str, str]
    laws: dict[str, str]


@routes.get("/v1/words")
@operation(answers={200: WordsAnswer})
async def show_words(request: web.Request) -> web.Response:
    """Show what statuses, acts, duties, roles, events and laws are called."""
    known_query(request)
    language, words = language_of(request), load_words()
    told = {
        kind: {word: called[language] for word, called in words[kind].items()} for kind in KINDS
    }
    response = json_response(
        WordsAnswer(language=language, **told),
        Cache_Control="public, max-age=3600",
        Content_Language=language,
    )
    response.headers.add("Vary", "Accept-Language")
    return response
