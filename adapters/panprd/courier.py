"""The wire for messages to one partner region: a body out, an acknowledgement back.

Bytes are carried and not believed. A partner that is slow, wordy or elsewhere than
it should be counts as away; one that refuses says why by the name of its problem.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

from aiohttp import ClientResponse, ClientSession, ClientTimeout

from adapters.panprd.materials import MATERIAL_TYPE
from adapters.panprd.parcels import ACK_BODY, BODY_LIMIT, MESSAGE_BODY
from adapters.panprd.reaching import body_of, reaching
from cose import CoseError, decode
from identity.errors import ProviderUnavailable

CONCISE: Final = "application/concise-problem-details+cbor"
_LONGEST_PROBLEM = 4096
_TUNNELED, _TYPE = 7807, 0
_MESSAGES = "/partner/messages"
_NAME = re.compile(r"[a-z][a-z-]{0,60}")


class PartnerRefused(ProviderUnavailable):
    """The partner answered with a problem: `problem` is its name, as in its documents."""

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(f"the partner region refused: {status} {problem}")
        self.problem = problem


class Courier:
    """Carries messages and materials to the region at `url`."""

    def __init__(self, url: str, session: ClientSession, *, seconds: float = 20) -> None:
        self.url = url
        self._url = url.rstrip("/")
        self._session = session
        self._timeout = ClientTimeout(total=seconds)
        # A large material may take its time, as long as it moves.
        self._standstill = 3 * seconds
        self._upload = ClientTimeout(
            total=None, sock_connect=seconds, sock_read=self._standstill
        )

    async def deliver(self, body: bytes) -> bytes:
        """Carry a message, and return the body of its acknowledgement.

        Raises `ProviderUnavailable`, as `PartnerRefused` where the partner said no.
        """
        headers = {"Content-Type": MESSAGE_BODY, "Accept": f"{ACK_BODY}, {CONCISE}"}
        with reaching():
            async with self._session.post(
                self._url + _MESSAGES,
                data=body,
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                if response.status != 200:
                    raise await _refusal(response)
                if response.content_type != ACK_BODY:
                    raise ProviderUnavailable("the partner region answered something else")
                return await body_of(response, BODY_LIMIT)

    async def send_material(
        self, message: bytes, digest: str, content: AsyncIterator[bytes]
    ) -> None:
        """Carry a sealed material that the message of SHA-256 `message` names."""
        with reaching():
            # aiohttp waits for ever for somebody who takes nothing more.
            async with (
                asyncio.timeout(self._standstill) as moving,
                self._session.put(
                    f"{self._url}{_MESSAGES}/{message.hex()}/materials/{digest}",
                    data=_kept_moving(content, moving, self._standstill),
                    headers={"Content-Type": MATERIAL_TYPE, "Accept": CONCISE},
                    timeout=self._upload,
                    allow_redirects=False,
                ) as response,
            ):
                if response.status not in (200, 201, 204):
                    raise await _refusal(response)


async def _kept_moving(
    content: AsyncIterator[bytes], moving: asyncio.Timeout, seconds: float
) -> AsyncIterator[bytes]:
    """Yield `content`, and give each piece of it `seconds` to be taken."""
    async for piece in content:
        yield piece
        # Over it is where the other side answered, or stood still, before the end.
        with suppress(RuntimeError):
            moving.reschedule(asyncio.get_running_loop().time() + seconds)


async def _refusal(response: ClientResponse) -> PartnerRefused:
    problem = "without-a-word"
    if response.content_type == CONCISE:
        try:
            told = decode(await body_of(response, _LONGEST_PROBLEM))
            problem = str(told[_TUNNELED][_TYPE]).rpartition("/")[2]
        except (CoseError, LookupError, TypeError):
            problem = "unreadable"
    # It goes to our log and our operators: a name, and nothing a stranger could write there.
    if not _NAME.fullmatch(problem):
        problem = "unreadable"
    return PartnerRefused(response.status, problem)
