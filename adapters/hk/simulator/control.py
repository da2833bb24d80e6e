"""Where the simulator's switches are turned: a page for people, a route for scripts.

Anyone who reaches the simulator may turn them; it listens on this machine alone
unless told otherwise, and knows nobody real.
"""

import msgspec
from aiohttp import web

from adapters.hk.simulator import page
from adapters.hk.simulator.desk import DESK
from adapters.hk.simulator.switches import SAYS, UNTIL_OFF, Switch, Switches

PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
CHOICES = {0: ("關", "off"), 1: ("下一次", "the next time"), UNTIL_OFF: ("開", "until off")}

routes = web.RouteTableDef()


@routes.get("/simulator")
async def show_switches(request: web.Request) -> web.Response:
    """Show what can go wrong, and what does."""
    return shown(_page(request.app[DESK].switches))


@routes.post("/simulator")
async def turn_by_hand(request: web.Request) -> web.Response:
    """Turn the switches as the page's form says."""
    form = await request.post()
    chosen = {switch: str(form.get(switch.value, "0")) for switch in Switch}
    try:
        on = {switch: int(times) for switch, times in chosen.items() if times != "0"}
        request.app[DESK].switches.set(on)
    except ValueError as error:
        raise web.HTTPBadRequest from error
    return web.Response(status=303, headers={"Location": "/simulator", **PAGE_HEADERS})


@routes.get("/simulator/switches")
async def tell_switches(request: web.Request) -> web.Response:
    """Tell which switches are on, and for how many times more."""
    return _told(request.app[DESK].switches)


@routes.put("/simulator/switches")
async def turn(request: web.Request) -> web.Response:
    """Turn on exactly those that are named: `{"slow": -1, "stale-key": 1}`."""
    switches = request.app[DESK].switches
    try:
        on = msgspec.json.decode(await request.read(), type=dict[Switch, int])
        switches.set(on)
    except (msgspec.DecodeError, ValueError) as error:
        raise web.HTTPBadRequest(text=str(error)) from error
    return _told(switches)


@routes.get("/simulator/authority.pem")
async def authority(request: web.Request) -> web.Response:
    """Give the certificate of the simulated authority that certifies signers."""
    pem = request.app[DESK].signatory.authority()
    return web.Response(body=pem, content_type="application/x-pem-file")


def shown(text: str) -> web.Response:
    """Return a page that is neither kept nor framed, and fetches nothing."""
    return web.Response(text=text, content_type="text/html", headers=PAGE_HEADERS)


def _told(switches: Switches) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(switches.on()), content_type="application/json"
    )


def _page(switches: Switches) -> str:
    on = switches.on()
    rows = "\n".join(_row(switch, on.get(switch, 0)) for switch in Switch)
    button = page.both("設定", "Set")
    return page.laid_out(
        f"""\
<h2>{page.both("故障開關", "What should go wrong")}</h2>
<form method="post" action="/simulator">
{rows}
<button>{button}</button>
</form>
"""
    )


def _row(switch: Switch, times: int) -> str:
    en, zh = SAYS[switch]
    choices = {**CHOICES, times: CHOICES.get(times, (f"{times} 次", f"{times} times"))}
    options = "".join(
        f'<option value="{value}"{" selected" if value == times else ""}>{zh} {en}</option>'
        for value, (zh, en) in choices.items()
    )
    select = f'<select name="{switch.value}">{options}</select>'
    return f"<label>{page.both(zh, en)}<br>{select}</label>"
