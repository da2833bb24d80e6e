"""Opening sessions and reading them: the only source of who is asking.

A session is for us alone: its keys are in no key set, and `verifier` trusts us
with nothing else. The newest signs, and those before it still verify for a while.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Final

from cose import Signer
from identity.claim_values import StatusReference
from identity.claims import Session
from identity.model import Assured
from identity.session import issue_session, read_session
from identity.verifier import SESSION, Verified, Verifier

READ, ACT, EXPORT, ADMIN = "read", "act", "export", "admin"
"""To look, to do something, to take much away at once, to act on the whole or on persons."""
SCOPES: Final = (READ, ACT)
"""What a session is good for, unless it is given more or less."""
SESSION_LIST: Final = "sessions"
"""The name of the status list of sessions."""
INDEX_BITS: Final = 20
MOST: Final = 10_000
"""So many sessions are remembered, by their digests: a signature is checked once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """Issues session tokens as `issuer` and reads them back."""

    issuer: str
    signer: Callable[[], Signer]
    verifier: Verifier
    clock: Callable[[], datetime]
    random: Callable[[int], bytes] = field(repr=False)
    lists: str = "/status"
    """The address of the status lists, of which `sessions` tells of sessions."""
    _read: OrderedDict[bytes, Verified[Session]] = field(
        default_factory=OrderedDict, repr=False
    )

    def open(
        self,
        *,
        subject: str,
        role: str,
        channel: str,
        assurance: Assured,
        authority: str | None = None,
        principal: str | None = None,
        verification: str | None = None,
        item: str | None = None,
        scopes: tuple[str, ...] = SCOPES,
    ) -> tuple[str, datetime]:
        """Return the bearer text of a new session, and when it ends.

        With an `item` it is good for what concerns that one service item.
        """
        now = self.clock().replace(microsecond=0)
        cti = self.random(16)
        session = Session(
            issuer=self.issuer,
            subject=subject,
            audience=self.issuer,
            issued_at=now,
            expires_at=now + SESSION.lifetime,
            cti=cti,
            role=str(role),
            scopes=scopes,
            assurance=assurance,
            channel=str(channel),
            authority=authority,
            principal=principal,
            verification=verification,
            item=item,
            status=StatusReference(index=index_of(cti), uri=f"{self.lists}/{SESSION_LIST}"),
        )
        return issue_session(session, self.signer()), session.expires_at

    def read(self, bearer: str) -> Session:
        """Return the session `bearer` proves, or raise `TokenRefused`."""
        now, digest = self.clock(), blake2b(bearer.encode("utf-8", "replace")).digest()
        known = self._read.get(digest)
        if known is None:
            known = self._read[digest] = read_session(bearer, self.verifier, now=now)
            if len(self._read) > MOST:
                self._read.popitem(last=False)
        else:
            self.verifier.check_still(known, SESSION, now=now)
        return known.claims


def index_of(cti: bytes) -> int:
    """Return the place of a session in its list: the first 20 bits of its id.

    Two sessions may share one. Whoever takes sessions asks by the whole id.
    """
    return int.from_bytes(cti[:3]) >> (24 - INDEX_BITS)
