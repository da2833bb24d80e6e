"""Acknowledgements: a region's word that a message is in its log, and where.

The word alone is worth little. It travels with the entry and its receipt, and is
relied on only once those were checked too.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from adapters.panprd.envelope import open_envelope, require
from adapters.panprd.messages import MOST_SEQUENCE, Sequence
from cose import TOKEN_LIMIT, Signer, sign1
from identity.claim_forms import SKEW, Claim, raw, whole
from identity.claims import Audience, IssuedAt, Issuer
from identity.claimset import encode_claims
from identity.trust import Trust

ACK: Final = "application/pprd-ack+cwt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """The issuer has the message of `digest` at `position`; `entry` is that entry's leaf."""

    issuer: Issuer
    audience: Audience
    issued_at: IssuedAt
    sequence: Sequence
    digest: Annotated[bytes, Claim(-70055, raw(32))]
    position: Annotated[int, Claim(-70056, whole(1, MOST_SEQUENCE))]
    entry: Annotated[bytes, Claim(-70057, raw(32))]


def write_ack(signer: Signer, ack: Ack) -> bytes:
    """Return `ack` as the token that travels."""
    return sign1(signer, typ=ACK, payload=encode_claims(ack))


def read_ack(token: bytes, trust: Trust, audience: str, *, now: datetime) -> Ack:
    """Return what an acknowledgement says at `now`, or raise `TokenRefused`."""
    ack, key = open_envelope(token, ACK, Ack, trust, audience, limit=TOKEN_LIMIT)
    require(key.is_valid_at(now), "trust: the key is not valid at this time")
    require(ack.issued_at <= now + SKEW, "times: issued in the future")
    return ack
