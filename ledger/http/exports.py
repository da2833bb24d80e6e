"""Cases as files for other tools, streamed as of one position of the log.

Two that ask for the same position get the same bytes, so that position stands in the
tag and in `Content-Location`: whoever wants the file again asks there.
"""

from dataclasses import replace
from functools import partial
from typing import Any

from aiohttp import web

from ledger.access import may_read, within_reach
from ledger.case_rows import Which
from ledger.errors import ViewBehind
from ledger.exporting import FORMATS, Selection, in_pieces
from ledger.http.freshness import caught_up
from ledger.http.keys import FOLDER, LEDGER, actor_of
from ledger.http.parameters import cut_at, known_query, positive, query
from ledger.http.questions import Exported
from ledger.projections.case_list import CaseList
from rest import operation, stream
from rest.conditional import names

routes = web.RouteTableDef()

_NARROWING = ("register", "status", "authority", "subject")
_MEDIA_TYPES = tuple(each.media_type.partition(";")[0] for each in FORMATS.values())


@routes.get(f"/v1/exports/{{format:{'|'.join(FORMATS)}}}")
@operation(query=Exported, answers={200: _MEDIA_TYPES})
async def export(request: web.Request) -> web.StreamResponse:
    """Send the cases one may see as a file, with what is personal sealed, whoever asks.

    `ocel-json` and `ocel-sqlite` are OCEL 2.0, `xes` is IEEE 1849, `csv` RFC 4180. The
    same position gives the same bytes; without one, it is the newest.
    """
    format = FORMATS[request.match_info["format"]]
    selection = await _selected(request)
    tag = f'"{format.tag(selection, _asker(request))}"'
    headers = {
        "Cache-Control": "private, no-cache",
        "Content-Location": _location(request, selection),
        "ETag": tag,
    }
    if names(request.headers.getall("If-None-Match", ()), tag):
        return web.Response(status=304, headers=headers)
    name = f"tongban-{selection.cut.position}.{format.suffix}"
    headers |= {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Type": format.media_type,
    }
    response = web.StreamResponse(headers=headers)
    return await stream(request, response, in_pieces(format.write(selection)))


async def _selected(request: web.Request) -> Selection:
    actor = actor_of(request)
    known_query(request, *Exported.__annotations__)
    asked: dict[str, Any] = {name: request.query.get(name) for name in _NARROWING}
    which = within_reach(actor, Which(**asked))
    await caught_up(request, CaseList.name)
    ledger = request.app[LEDGER]
    head = ledger.head
    position = query(request, "until_position", positive) or head
    if position > head:
        raise ViewBehind(f"the log has not reached position {position} yet; try again")
    return Selection(
        ledger=ledger,
        folder=request.app[FOLDER],
        which=which,
        cut=replace(cut_at(request, ""), position=position),
        allowed=partial(may_read, actor),
    )


def _asker(request: web.Request) -> str:
    """Return what, besides the question, decides which cases are told."""
    actor = actor_of(request)
    return f"{actor.role} {actor.principal} {actor.authority} {actor.item}"


def _location(request: web.Request, selection: Selection) -> str:
    """Return where the same file is found later."""
    asked = {name: text for name, text in request.query.items() if name != "position"}
    at = {"until_position": str(selection.cut.position)}
    return str(request.rel_url.with_query({**asked, **at}))
