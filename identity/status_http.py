"""Our status lists, as anyone may fetch them: signed, and kept by caches for their `ttl`.

A list is signed anew when something is revoked, and when half of its `ttl` has
passed; until then everyone is given the same bytes.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from aiohttp import web

from cose import Signer
from identity.sessions import INDEX_BITS, SESSION_LIST
from identity.status import STATUS_LIST, TTL, StatusList, issue_status_list
from rest import count_address, operation

_KEPT = 64
_SIZE = 1 << 16

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signed:
    revoked: Set[int]
    at: datetime
    token: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLists:
    """Our lists: `revoked` names what is revoked of one, or says that there is none."""

    address: str
    revoked: Callable[[str], Set[int] | None]
    signer: Callable[[], Signer]
    clock: Callable[[], datetime]
    _kept: OrderedDict[str, _Signed] = field(default_factory=OrderedDict, repr=False)

    def token(self, name: str) -> bytes | None:
        """Return the signed list `name`, or `None` if there is none of that name."""
        revoked, now = self.revoked(name), self.clock()
        if revoked is None:
            return None
        kept = self._kept.get(name)
        if kept is None or kept.revoked != revoked or not now - TTL / 2 < kept.at <= now:
            size = 1 << INDEX_BITS if name == SESSION_LIST else _SIZE
            uri, statuses = f"{self.address}/{name}", StatusList.of(revoked, size)
            token = issue_status_list(uri, statuses, self.signer(), now=now)
            kept = self._kept[name] = _Signed(revoked=revoked, at=now, token=token)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return kept.token


OWN_LISTS = web.AppKey("own_lists", OwnLists)


@routes.get("/status/{list}")
@operation(answers={200: STATUS_LIST, 304: None})
async def show_list(request: web.Request) -> web.Response:
    """Answer with one of our status lists, as `application/statuslist+cwt`."""
    count_address(request)
    lists = request.app[OWN_LISTS]
    token = await asyncio.to_thread(lists.token, request.match_info["list"])
    if token is None:
        raise web.HTTPNotFound
    tag = f'"{sha256(token).hexdigest()[:32]}"'
    headers = {
        "Cache-Control": f"public, max-age={int(TTL.total_seconds()) // 2}",
        "ETag": tag,
        "Access-Control-Allow-Origin": "*",
    }
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers=headers)
    return web.Response(body=token, content_type=STATUS_LIST, headers=headers)
