"""Whether the service is alive, whether it is fit to be asked, and all it knows of itself."""

import asyncio
from collections.abc import Sequence
from typing import TypedDict

from aiohttp import web

from identity.http import DESK
from ledger.http import ERASER, FOLLOWER, LEDGER, WITNESS
from ledger.notices import Telling
from rest import json_response, operation
from service.answers import Health
from service.corresponding import CORRESPONDING
from service.key_watch import KEY_WATCH
from service.notifying import TELLING
from service.partner_keys import PARTNER_KEYS
from service.partners import PARTNERS
from service.readiness import LAG, READINESS, RUNNING
from service.watching import WATCHING, Watching

CAUTIONS = web.AppKey("cautions", Sequence[str])
"""What counts for less here than it seems, in words for an operator."""

routes = web.RouteTableDef()


class Probed(TypedDict):
    """What a probe is told; `reasons` are words of ours, none where all is well."""

    status: str
    reasons: list[str]


@routes.get("/live")
@operation(answers={200: Probed, 503: Probed})
async def live(request: web.Request) -> web.Response:
    """Answer 200 while the process works; with 503, or nothing, it is to be started anew."""
    stuck = not all(is_running() for is_running in request.app[RUNNING])
    return _probed(["a-loop-ended"] if stuck else [], "live")


@routes.get("/ready")
@operation(answers={200: Probed, 503: Probed})
async def ready(request: web.Request) -> web.Response:
    """Answer 200 while requests are welcome here; with 503 another server is to be asked."""
    return _probed(await request.app[READINESS].reasons(), "ready")


@routes.get("/health")
@operation(answers={200: Health, 503: Health})
async def health(request: web.Request) -> web.Response:
    """Answer how far the log and the views are; 503 while it cannot follow or sign.

    What a view set aside is alarming, and yet no reason to ask another server:
    it has the same log.
    """
    ledger, follower = request.app[LEDGER], request.app[FOLLOWER]
    lag = ledger.head - follower.position
    well = follower.trouble is None and lag < LAG
    key = await asyncio.to_thread(ledger.published.key_problem)
    return json_response(
        {
            "status": _status(well, follower.set_aside) if key is None else "unsigned",
            "position": ledger.head,
            "views_position": follower.position,
            "trouble": follower.trouble,
            "log_key": key,
            "set_aside": follower.set_aside,
            "keys": request.app[KEY_WATCH].warnings(),
            "cautions": request.app[CAUTIONS],
            "unreadable": sorted(request.app[PARTNERS].unreadable.values()),
            "unconfirmed": request.app[PARTNER_KEYS].unconfirmed(),
            "callbacks_refused": request.app[DESK].refused.total(),
            "forks": await asyncio.to_thread(request.app[WITNESS].forks),
            "logs": await asyncio.to_thread(_logs, request.app[WATCHING]),
            "notices": await asyncio.to_thread(_notices, request.app[TELLING]),
            "erasures": request.app[ERASER].trouble,
            **await asyncio.to_thread(request.app[CORRESPONDING].alarms),
        },
        status=200 if well and key is None else 503,
        Cache_Control="no-store",
    )


def _probed(reasons: list[str], well: str) -> web.Response:
    told = Probed(status=f"not-{well}" if reasons else well, reasons=reasons)
    return json_response(told, status=503 if reasons else 200)


def _logs(watching: Watching) -> list[str]:
    return [f"{region}: {why}" for region, why in sorted(watching.told().items())]


def _notices(telling: Telling | None) -> dict[str, int]:
    return {"waiting": 0, "dead": 0} if telling is None else telling.counts()


def _status(well: bool, set_aside: int) -> str:
    if not well:
        return "behind"
    return "incomplete" if set_aside else "ok"
