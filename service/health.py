"""Whether the service is alive, and whether it is fit to be asked."""

from aiohttp import web

from ledger.http import FOLLOWER, LEDGER
from rest import json_response

_LAG = 10_000

routes = web.RouteTableDef()


@routes.get("/health")
async def health(request: web.Request) -> web.Response:
    """Answer how far the log and the views are; 503 while the views cannot follow."""
    ledger, follower = request.app[LEDGER], request.app[FOLLOWER]
    lag = ledger.head - follower.position
    well = follower.trouble is None and lag < _LAG
    return json_response(
        {
            "status": "ok" if well else "behind",
            "position": ledger.head,
            "views_position": follower.position,
            "trouble": follower.trouble,
        },
        status=200 if well else 503,
        Cache_Control="no-store",
    )
