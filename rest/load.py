"""No more than can be done: requests beyond it are refused before any work, and none lasts.

Refusing costs next to nothing, so what was taken goes on at its pace and the service
comes back by itself. Too much is more than there are places for, or so much that the loop
is late (`lateness.py`). A stream is counted, and timed, until its headers leave; a body is
waited for before its request is counted, so that nobody is kept out by who sends slowly.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import Final, TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from rest.deadline import Deadline, Timed
from rest.errors import BodyTooSlow, TooBusy, TookTooLong
from rest.lateness import Lateness
from rest.operation import operation_of

T = TypeVar("T")

_SELDOM: Final = 10.0
_log = logging.getLogger("tongban.http")
_CHANGING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(slots=True, kw_only=True)
class Load:
    """What is being done now, and the most there may be."""

    most: int
    is_full: Callable[[], bool] = bool
    """Tells whether nothing more can be queued to be written."""
    lateness: Lateness = field(default_factory=Lateness)
    in_flight: int = 0
    shed: int = 0
    """How many requests were refused since the start."""
    _told: int = 0
    _told_at: float = -_SELDOM

    def check(self, method: str) -> None:
        """Raise `TooBusy` where one more would be one too many."""
        crowded = self.in_flight >= self.most or self.lateness.is_too_late
        if crowded or (method in _CHANGING and self.is_full()):
            self.shed += 1
            self._tell()
            raise TooBusy("more is asked than can be done; come again in a moment")

    def _tell(self) -> None:
        """Say it now and then: a line for each would be work for what is refused."""
        now = asyncio.get_running_loop().time()
        if now - self._told_at >= _SELDOM:
            refused, self._told, self._told_at = self.shed - self._told, self.shed, now
            _log.warning("more is asked than can be done: refused %d", refused)


@dataclass(slots=True)
class _Ticket:
    load: Load
    time: Timed
    body_seconds: float
    counts: bool = True

    def take(self, method: str) -> None:
        self.load.check(method)
        self.counts = True
        self.load.in_flight += 1

    def hand_in(self) -> None:
        if self.counts:
            self.counts = False
            self.load.in_flight -= 1


LOAD = web.AppKey("load", Load)
_TICKET = web.RequestKey("ticket", _Ticket)


def load_middleware(
    load: Load, *, body_seconds: float, seconds: float, always: Collection[str] = ()
) -> Middleware:
    """Return a middleware that sheds what is too much, and ends what takes too long.

    What watches the service is answered at the paths `always`.
    """
    deadline = Deadline(seconds)

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path in always:
            return await handler(request)
        load.lateness.ask()
        load.check(request.method)
        _check_plain(request)
        if request.body_exists and _is_read_first(request):
            await _read(request, body_seconds)
            load.check(request.method)
        load.in_flight += 1
        time = Timed(deadline)
        request[_TICKET] = ticket = _Ticket(load, time, body_seconds)
        try:
            with time:
                return await handler(request)
        except TimeoutError:
            if time.is_over:
                raise TookTooLong("this took longer than anyone should wait") from None
            raise
        finally:
            ticket.hand_in()

    return middleware


async def let_stream(request: web.Request, response: web.StreamResponse) -> None:
    """Count and time a stream no longer: to be done before its headers leave."""
    if not isinstance(response, web.Response) and (ticket := request.get(_TICKET)) is not None:
        ticket.hand_in()
        ticket.time.let_go()


async def taken_in(request: web.Request, reading: Awaitable[T]) -> T:
    """Return what `reading` takes of the body; meanwhile the request is not counted.

    For handlers that read it themselves. Raises `BodyTooSlow`, and `TooBusy` where there
    is no place any more.
    """
    ticket = request.get(_TICKET)
    if ticket is None:
        return await reading
    ticket.hand_in()
    read = await _in_time(reading, ticket.body_seconds)
    ticket.take(request.method)
    return read


def _check_plain(request: web.Request) -> None:
    """Refuse a body that is coded (RFC 9110, 8.4): nobody inflates it here."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise web.HTTPUnsupportedMediaType(headers={"Accept-Encoding": "identity"})


def _is_read_first(request: web.Request) -> bool:
    """Tell whether the body is held as a whole; where there is no such path, nobody reads."""
    told = operation_of(request.match_info.handler)
    known = request.match_info.http_exception is None
    return known and not (told is not None and told.streamed)


async def _read(request: web.Request, seconds: float) -> None:
    """Have the body here before anything is done for it; the request keeps it."""
    if request.content.is_eof():
        # It is: there is nothing to wait for.
        await request.read()
    else:
        await _in_time(request.read(), seconds)


async def _in_time(reading: Awaitable[T], seconds: float) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await reading
    except TimeoutError:
        raise BodyTooSlow(f"the body was not here after {seconds:g} seconds") from None
