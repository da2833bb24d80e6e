"""Tokens that were signed by somebody we know, and refused all the same.

Only of those is anything written down: whoever we do not know could fill the
log with what they make up, so theirs are counted. And even a partner has only
so many recorded a minute, or its broken clock would fill the log.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final

from identity.errors import IdentityError, NotAgreed, TokenRefused
from identity.record import Record

MOST: Final = 30
"""So many of one issuer's refusals are recorded a minute; the rest is counted."""

_log = logging.getLogger("tongban.tokens")


class SignedButRefused(TokenRefused):
    """A token whose signature holds was refused at a later step."""

    def __init__(self, why: str, *, issuer: str, typ: str, digest: bytes) -> None:
        super().__init__(why)
        self.issuer = issuer
        self.typ = typ
        self.digest = digest

    @property
    def step(self) -> str:
        """The step that refused it, in a word."""
        return step_of(self)


class SignedButNotAgreed(NotAgreed):
    """A token whose signature holds asks for what was not agreed with its issuer."""

    step: Final = "agreement"

    def __init__(self, why: str, *, issuer: str, typ: str, digest: bytes) -> None:
        super().__init__(why)
        self.issuer = issuer
        self.typ = typ
        self.digest = digest


def step_of(error: IdentityError) -> str:
    """Return which step refused: the first word of the family's messages, and no more."""
    return str(error).partition(":")[0]


def signed_but_refused(
    error: TokenRefused, *, issuer: str, typ: str, token: bytes
) -> TokenRefused:
    """Return `error` as the refusal of a `token` that `issuer` did sign."""
    return SignedButRefused(str(error), issuer=issuer, typ=typ, digest=sha256(token).digest())


@dataclass(slots=True, kw_only=True)
class Refusals:
    """Keeps in `record` what was refused; what was used before raises one of `replays`."""

    record: Record
    clock: Callable[[], datetime]
    replays: tuple[type[Exception], ...]
    _minute: int = 0
    _told: dict[str, int] = field(default_factory=dict)
    _counted: int = 0

    async def note(self, refused: IdentityError, count: Callable[[str], None]) -> None:
        """Note a token that was `refused`.

        Before that, `count` the issuer whose signature held; it may raise.
        """
        if isinstance(refused, SignedButRefused | SignedButNotAgreed):
            count(refused.issuer)
            await self._note(refused.issuer, refused.typ, refused.step, refused.digest)
        elif isinstance(refused, TokenRefused):
            self._count()

    async def note_replay(self, *, issuer: str, typ: str, digest: bytes) -> None:
        """Note a token that holds and was used before."""
        await self._note(issuer, typ, "replay", digest)

    async def _note(self, issuer: str, typ: str, step: str, digest: bytes) -> None:
        self._turn()
        told = self._told[issuer] = self._told.get(issuer, 0) + 1
        if told > MOST:
            self._counted += 1
            return
        await asyncio.to_thread(
            self.record.refuse, issuer=issuer, typ=typ, step=step, digest=digest.hex()
        )

    def _count(self) -> None:
        self._turn()
        self._counted += 1

    def _turn(self) -> None:
        """Begin to count anew with every minute, and tell of the one before."""
        minute = int(self.clock().timestamp()) // 60
        if minute == self._minute:
            return
        if self._counted:
            _log.warning("%d tokens were refused in a minute, not recorded", self._counted)
        self._minute, self._counted = minute, 0
        self._told.clear()
