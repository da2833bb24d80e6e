"""How the simulator says no, and how it fails when a switch says so.

Result codes outside `wire.OK` and `wire.DECLINED` are the simulator's own invention.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

from adapters.hk import wire
from adapters.hk.simulator.desk import DESK
from adapters.hk.simulator.switches import Switch
from adapters.hk.wire import Result

NOT_AUTHENTIC, BAD_CODE, BAD_TOKEN, BAD_REQUEST = "D20001", "D20002", "D20003", "D20004"
STALE_KEY = "D20005"
GARBAGE = "<p>iAM Smart SIMULATOR: this is meant to make no sense.</p>"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class RefusalError(Exception):
    """A call that is answered with another code than `wire.OK`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@web.middleware
async def failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Be slow, down or make no sense where a switch says so, except about the switches."""
    if not request.path.startswith(wire.API):
        return await handler(request)
    desk = request.app[DESK]
    if desk.switches.takes(Switch.SLOW):
        await desk.sleep(desk.settings.slow_seconds)
    if desk.switches.takes(Switch.DOWN):
        return web.Response(status=503, text="iAM Smart SIMULATOR: simulated as down")
    if request.method == "POST" and desk.switches.takes(Switch.GARBAGE):
        return web.Response(text=GARBAGE, content_type="text/html")
    return await handler(request)


@web.middleware
async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a refusal with its code; HTTP itself went well."""
    try:
        return await handler(request)
    except RefusalError as refusal:
        return answer(request, refusal.code, str(refusal), None)


def answer(request: web.Request, code: str, message: str, content: object) -> web.Response:
    """Answer with a result code and what goes with it."""
    tx_id = request.app[DESK].random_bytes(16).hex()
    result = Result(tx_id=tx_id, code=code, message=message, content=content)
    return web.Response(body=wire.encode(result), content_type="application/json")
