"""The register of purposes over HTTP: what data are used for, open to anyone."""

from collections.abc import Mapping
from typing import get_args

from aiohttp import web
from msgspec import Struct

from ledger.catalogue import Language, Names, Purpose, Retention, all_purposes
from ledger.http.keys import LEDGER
from ledger.http.parameters import known_query
from rest import json_response, operation

routes = web.RouteTableDef()


class Words(Struct):
    """What somebody agrees to in one language, and its SHA-256 in hex."""

    text: str
    digest: str


class ShownWording(Struct):
    """The words of one version; `by_recipient`, where each region is agreed to by name."""

    version: int
    by_recipient: bool
    texts: Mapping[str, Words]


class ShownPurpose(Struct):
    """A purpose of the register. One with a `wording` is agreed to at `/v1/me/consents`."""

    id: str
    names: Names
    carried_by: str
    legal_basis: tuple[str, ...]
    categories: tuple[str, ...]
    recipients: Names
    retention: Retention | None
    wording: ShownWording | None


class ShownPurposes(Struct):
    """The whole register, by id."""

    purposes: list[ShownPurpose]


@routes.get("/v1/purposes")
@operation(answers={200: ShownPurposes})
async def list_purposes(request: web.Request) -> web.Response:
    """List every purpose, what carries it, and the words to agree to where consent does."""
    known_query(request)
    book = request.app[LEDGER].book
    shown = [_shown(each) for each in all_purposes(book.purposes, book.catalogue)]
    return json_response(ShownPurposes(shown), Cache_Control="public, max-age=60")


def _shown(purpose: Purpose) -> ShownPurpose:
    wording = purpose.wording
    return ShownPurpose(
        id=purpose.id,
        names=purpose.names,
        carried_by=purpose.carried_by,
        legal_basis=purpose.legal_basis,
        categories=purpose.categories,
        recipients=purpose.recipients,
        retention=purpose.retention,
        wording=None
        if wording is None
        else ShownWording(
            version=wording.version,
            by_recipient=wording.by_recipient,
            texts={
                each: Words(text=wording.words(each), digest=wording.digest(each))
                for each in get_args(Language)
            },
        ),
    )
