"""How it stands with each partner: what waits, since when, and what keeps it."""

import asyncio

from aiohttp import web

from rest import json_response, operation
from service.answers import PartnerList
from service.corresponding import CORRESPONDING
from service.watching import WATCHING

routes = web.RouteTableDef()


@routes.get("/v1/partners")
@operation(answers={200: PartnerList})
async def show_partners(request: web.Request) -> web.Response:
    """Show a supervisor every partner region, and how its messages fare."""
    told = await asyncio.to_thread(request.app[CORRESPONDING].told)
    logs = await asyncio.to_thread(request.app[WATCHING].told)
    return json_response({"partners": [{**p, "log": logs.get(p["region"])} for p in told]})
