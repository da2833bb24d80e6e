"""The catalogue over HTTP: which service items there are, open to anyone."""

from aiohttp import web

from ledger.answers.cases import ItemList, ShownItem
from ledger.http.keys import LEDGER
from ledger.http.parameters import known_query, positive, query
from ledger.http.questions import ItemVersion
from rest import json_response, operation

routes = web.RouteTableDef()


@routes.get("/v1/items")
@operation(answers={200: ItemList})
async def list_items(request: web.Request) -> web.Response:
    """List the service items, each in its newest version."""
    known_query(request)
    items = request.app[LEDGER].book.catalogue.all_current()
    return json_response({"items": list(items)}, Cache_Control="public, max-age=60")


@routes.get("/v1/items/{item_id}")
@operation(query=ItemVersion, answers={200: ShownItem})
async def show_item(request: web.Request) -> web.Response:
    """Show one service item, in the version asked for or the newest."""
    known_query(request, *ItemVersion.__annotations__)
    catalogue = request.app[LEDGER].book.catalogue
    item_id, version = request.match_info["item_id"], query(request, "version", positive)
    item = catalogue.current(item_id) if version is None else catalogue.item(item_id, version)
    commitment = item.commitment
    shown = {
        "item": item,
        "authority": catalogue.authority(item.authority),
        "commitment_digests": None if commitment is None else commitment.digests,
    }
    return json_response(shown, Cache_Control="public, max-age=60")
