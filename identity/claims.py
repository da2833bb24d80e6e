"""What our tokens say, claim by claim, under the labels every region shares.

Every token is for one audience and one use; `once` lists the keys its receiver
has to consume, in the transaction that records what came of the token.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

import msgspec

from identity.claim_forms import MOMENT, Claim, raw, text, texts
from identity.claim_values import (
    ASSURED,
    RESULT,
    SEALED,
    STATUS,
    Result,
    Sealed,
    StatusReference,
)
from identity.model import Assured

Issuer = Annotated[str, Claim(1, text())]
Subject = Annotated[str, Claim(2, text())]
Audience = Annotated[str, Claim(3, text())]
ExpiresAt = Annotated[datetime, Claim(4, MOMENT)]
IssuedAt = Annotated[datetime, Claim(6, MOMENT)]
Cti = Annotated[bytes, Claim(7, raw(16))]
Nonce = Annotated[bytes, Claim(10, raw(16))]
CaseCommitment = Annotated[bytes, Claim(-70001, raw(32))]
Purpose = Annotated[str, Claim(-70002, text())]
Status = Annotated[StatusReference | None, Claim(65535, STATUS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationRequest:
    """One region asks another: is this person who we believe, and why we may ask.

    The identifiers are sealed to the home region; nobody in between can read them.
    """

    issuer: Issuer
    audience: Audience
    expires_at: ExpiresAt
    issued_at: IssuedAt
    cti: Cti
    nonce: Nonce
    case_commitment: CaseCommitment
    purpose: Purpose
    fields: Annotated[tuple[str, ...], Claim(-70005, texts(16))]
    sealed: Annotated[Sealed, Claim(-70006, SEALED)]
    legal_basis: Annotated[str, Claim(-70007, text(256))]

    @property
    def once(self) -> tuple[str, ...]:
        return _cti(self.issuer, self.cti), _nonce(self.issuer, self.nonce)


class Assertion(msgspec.Struct, frozen=True, kw_only=True):
    """The home region's answer to one request; `subject` is a name for this asker alone.

    It is a struct because it is read the most often, and is made in a tenth of the time.
    """

    issuer: Issuer
    subject: Subject
    audience: Audience
    expires_at: ExpiresAt
    issued_at: IssuedAt
    cti: Cti
    nonce: Nonce
    case_commitment: CaseCommitment
    purpose: Purpose
    request_digest: Annotated[bytes, Claim(-70003, raw(32))]
    result: Annotated[Result, Claim(-70004, RESULT)]
    status: Status = None

    def __repr__(self) -> str:
        return f"Assertion(issuer={self.issuer!r}, audience={self.audience!r})"

    @property
    def once(self) -> tuple[str, ...]:
        return _cti(self.issuer, self.cti), _nonce(self.audience, self.nonce)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Someone whose identity was established and who may now act, for a while.

    With an `item` it is good for what concerns that one service item.
    """

    issuer: Issuer
    subject: Subject = field(repr=False)
    audience: Audience
    expires_at: ExpiresAt
    issued_at: IssuedAt
    cti: Cti
    role: Annotated[str, Claim(-70040, text(32))]
    scopes: Annotated[tuple[str, ...], Claim(-70041, texts(32, least=0))]
    assurance: Annotated[Assured, Claim(-70042, ASSURED)]
    channel: Annotated[str, Claim(-70043, text(32))]
    authority: Annotated[str | None, Claim(-70044, text())] = None
    principal: Annotated[str | None, Claim(-70045, text())] = field(default=None, repr=False)
    verification: Annotated[str | None, Claim(-70046, text())] = None
    item: Annotated[str | None, Claim(-70047, text())] = None
    status: Status = None

    @property
    def once(self) -> tuple[str, ...]:
        return ()


def _cti(issuer: str, cti: bytes) -> str:
    return f"cti:{issuer}:{cti.hex()}"


def _nonce(asker: str, nonce: bytes) -> str:
    return f"nonce:{asker}:{nonce.hex()}"
