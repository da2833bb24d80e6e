"""The messages that pass between two regions, and the one way in which each is read.

A message is stored and forwarded while the other side is away, so it does not
expire: what bounds it is its sequence, the digest of the message before it, and
the entry of the sender's log that names it, by whose time its key is judged.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Final
from uuid import UUID

from adapters.panprd.envelope import open_envelope, require
from cose import CborRefused, KeyRecord, Signer, sign1
from identity.claim_forms import SKEW, Claim, Form, raw, refuse, text, whole
from identity.claim_values import Sealed
from identity.claims import Audience, Cti, IssuedAt, Issuer
from identity.claimset import encode_claims
from identity.errors import TokenRefused
from identity.sealing import SealingKey, seal_content
from identity.trust import Trust
from ledger.errors import EntryTooLarge
from ledger.ports import Message

MESSAGE: Final = "application/pprd-message+cwt"
MESSAGE_LIMIT: Final = 56 * 1024
"""An entry that holds the token beside a receipt has to stay below 65,536 bytes."""
MOST_SEQUENCE: Final = 1 << 53

_AROUND = 2048
"""Room for what is around the box: the other claims, headers and signature."""


def _sealed(value: Any) -> Sealed:
    if type(value) is not list or len(value) != 2:
        refuse("the sealed box is not a pair")
    return Sealed(kid=raw(8).read(value[0]), box=raw(48, MESSAGE_LIMIT).read(value[1]))


def _uuid(value: Any) -> UUID:
    return UUID(bytes=raw(16).read(value))


Sequence = Annotated[int, Claim(-70050, whole(1, MOST_SEQUENCE))]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageClaims:
    """What a message says to whoever carries it; the content is in `sealed`."""

    issuer: Issuer
    audience: Audience
    issued_at: IssuedAt
    cti: Cti
    sequence: Sequence
    kind: Annotated[str, Claim(-70051, text(64))]
    about: Annotated[UUID, Claim(-70052, Form(_uuid, lambda value: value.bytes))]
    sealed: Annotated[Sealed, Claim(-70054, Form(_sealed, Sealed.write))]
    previous: Annotated[bytes | None, Claim(-70053, raw(32))] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSealer:
    """Writes our messages: implements the ledger's `Sealer`. `random` gives token ids."""

    issuer: str
    signer: Callable[[], Signer]
    trust: Trust
    random: Callable[[int], bytes] = field(repr=False)

    def seal(
        self,
        region: str,
        sequence: int,
        message: Message,
        *,
        now: datetime,
        previous: bytes | None = None,
    ) -> bytes:
        """Return the token, or raise `EntryTooLarge` for more than one message holds.

        Raises `TokenRefused` where we know no key of `region` to seal to.
        """
        key, cti = self.trust.sealing_key(region, now), self.random(16)
        content = dict(message.content)
        claims = MessageClaims(
            issuer=self.issuer,
            audience=region,
            issued_at=now.replace(microsecond=0),
            cti=cti,
            sequence=sequence,
            kind=message.kind,
            about=message.about,
            sealed=_seal(content, issuer=self.issuer, cti=cti, key=key),
            previous=previous,
        )
        payload = encode_claims(claims, limit=MESSAGE_LIMIT)
        return sign1(self.signer(), typ=MESSAGE, payload=payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message for us that its sender signed; when its key was valid is still to be asked."""

    claims: MessageClaims
    digest: bytes
    key: KeyRecord = field(repr=False)

    def check_logged(self, at: datetime, *, now: datetime) -> None:
        """Raise `TokenRefused` unless its key was valid when the sender's log took it."""
        require(at <= now + SKEW, "times: logged in the future")
        require(self.claims.issued_at <= at + SKEW, "times: issued after it was logged")
        require(self.key.is_valid_at(at), "trust: the key was not valid at this time")

    def open(self, keys: Collection[SealingKey]) -> Message:
        """Return what the message says, or raise `TokenRefused`."""
        claims = self.claims
        key = next((each for each in keys if each.kid == claims.sealed.kid), None)
        if key is None:
            refuse("the box is sealed to a key we do not hold")
        content = key.open_content(claims.sealed, issuer=claims.issuer, cti=claims.cti)
        if type(content) is not dict or not all(type(name) is str for name in content):
            refuse("the content of a message is a map")
        return Message(kind=claims.kind, about=claims.about, content=content)


def read_message(token: bytes, trust: Trust, audience: str) -> Letter:
    """Return the message in `token`, or raise `TokenRefused`."""
    claims, key = open_envelope(
        token, MESSAGE, MessageClaims, trust, audience, limit=MESSAGE_LIMIT
    )
    # Only the first names none before it.
    require((claims.sequence == 1) == (claims.previous is None), "chain: where it begins")
    return Letter(claims=claims, digest=sha256(token).digest(), key=key)


def _seal(content: object, *, issuer: str, cti: bytes, key: KeyRecord) -> Sealed:
    try:
        sealed = seal_content(content, issuer=issuer, cti=cti, key=key)
    except CborRefused as error:
        raise TokenRefused(f"the content of a message has no CBOR: {error}") from error
    if len(sealed.box) > MESSAGE_LIMIT - _AROUND:
        raise EntryTooLarge(f"a message to a partner region holds {MESSAGE_LIMIT} bytes")
    return sealed
