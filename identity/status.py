"""Status lists (Token Status List, draft 21, as CWT): which tokens were revoked.

A list counts for one address and one issuer: whoever reads it says which, and
a list that another region signed, or that stands elsewhere, is refused. What is
inside is inflated no further than a list may be long.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Self

import cose
from cose import CoseError, Signer, sign1
from identity.claim_forms import MOMENT, SKEW
from identity.envelope import check_signature, parsed
from identity.errors import TokenRefused
from identity.trust import Trust

STATUS_LIST: Final = "application/statuslist+cwt"
TTL: Final = timedelta(minutes=5)
"""For how long a list of ours may be used before it is asked for again."""
LIFETIME: Final = timedelta(days=1)
"""After this no list counts, whatever its own `exp` says."""
LONGEST: Final = 1 << 20
"""No list has more tokens than this."""

_SUB, _EXP, _IAT, _LIST, _TTL = 2, 4, 6, 65533, 65534
_TOKEN_LIMIT = 65_535
_WIDTHS = (1, 2, 4, 8)
_VALID = 0


@dataclass(frozen=True, slots=True)
class StatusList:
    """Statuses of `bits` each, the first in the lowest bits of the first byte (4.1)."""

    bits: int
    packed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _require(self.bits in _WIDTHS, "a status has 1, 2, 4 or 8 bits")
        _require(0 < len(self) <= LONGEST, "the list is empty, or longer than any may be")

    def __len__(self) -> int:
        return len(self.packed) * 8 // self.bits

    @classmethod
    def of(cls, revoked: Iterable[int], size: int) -> Self:
        """Return a list of `size` tokens, of which `revoked` are not valid any more."""
        packed = bytearray((size + 7) // 8)
        for index in revoked:
            packed[index >> 3] |= 1 << (index & 7)
        return cls(1, bytes(packed))

    @classmethod
    def read(cls, value: Any) -> Self:
        """Return the list in a claim; refuses one that inflates beyond what a list may be."""
        _require(type(value) is dict and value.keys() == {"bits", "lst"}, "not a status list")
        bits, squeezed = value["bits"], value["lst"]
        _require(type(bits) is int and type(squeezed) is bytes, "not a status list")
        _require(bits in _WIDTHS, "a status has 1, 2, 4 or 8 bits")
        return cls(bits, _inflated(squeezed, LONGEST * bits // 8))

    def write(self) -> dict[str, Any]:
        return {"bits": self.bits, "lst": zlib.compress(self.packed, 9)}

    def status(self, index: int) -> int:
        """Return the status of the token at `index`, 0 if it is valid; refuses one beyond."""
        _require(0 <= index < len(self), "the list does not reach to this token")
        byte, place = divmod(index * self.bits, 8)
        return self.packed[byte] >> place & (1 << self.bits) - 1

    def revokes(self, index: int) -> bool:
        """Say whether the token at `index` counts no more, for whatever reason."""
        return self.status(index) != _VALID


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusListToken:
    """A list as its issuer signed it: for which address, from when, and how long."""

    uri: str
    issued_at: datetime
    expires_at: datetime
    ttl: timedelta
    statuses: StatusList


def issue_status_list(
    uri: str, statuses: StatusList, signer: Signer, *, now: datetime
) -> bytes:
    """Return the signed list that is served at `uri`."""
    issued_at = MOMENT.write(now)
    claims = {
        _SUB: uri,
        _EXP: issued_at + int(LIFETIME.total_seconds()),
        _IAT: issued_at,
        _LIST: statuses.write(),
        _TTL: int(TTL.total_seconds()),
    }
    return sign1(signer, typ=STATUS_LIST, payload=cose.encode(claims))


def read_status_list(
    token: bytes, *, uri: str, issuer: str, trust: Trust, now: datetime
) -> StatusListToken:
    """Return the list that `issuer` keeps at `uri`, or raise `TokenRefused`."""
    # 1-2. It is one COSE_Sign1 within its limit, and a status list (Token Status List, 5.2).
    envelope = parsed(token, STATUS_LIST, limit=_TOKEN_LIMIT)
    # 3. The issuer of the token in question has one key for lists, and it is valid now.
    record = trust.find(issuer, envelope.kid, STATUS_LIST)
    if not record.is_valid_at(now):
        raise TokenRefused("trust: the key is not valid at this time")
    # 4. The signature covers headers and claims (RFC 9052, 4.4).
    check_signature(envelope, record)
    # 5. The claims are complete and well-formed (5.2), and nothing is inflated before.
    found = _read_claims(envelope.payload or b"")
    # 6. It is the list at the address that the token in question names (8.3).
    _require(found.uri == uri, "the list stands at another address")
    # 7. It was issued, has not expired and does not live too long.
    _require(found.issued_at <= now + SKEW, "issued in the future")
    _require(now < found.expires_at + SKEW, "expired")
    life = found.expires_at - found.issued_at
    _require(timedelta(0) < found.ttl <= life <= LIFETIME, "a life longer than we grant")
    return found


def _read_claims(payload: bytes) -> StatusListToken:
    try:
        claims = cose.decode(payload, limit=_TOKEN_LIMIT)
    except CoseError as error:
        raise TokenRefused(f"claims: {error}") from error
    _require(
        type(claims) is dict and claims.keys() == {_SUB, _EXP, _IAT, _LIST, _TTL},
        "not the claims of a status list",
    )
    uri, ttl = claims[_SUB], claims[_TTL]
    _require(type(uri) is str and 0 < len(uri) <= 256, "`sub` is not an address")
    _require(type(ttl) is int and 0 < ttl < 1 << 31, "`ttl` is not a number of seconds")
    return StatusListToken(
        uri=uri,
        issued_at=MOMENT.read(claims[_IAT]),
        expires_at=MOMENT.read(claims[_EXP]),
        ttl=timedelta(seconds=ttl),
        statuses=StatusList.read(claims[_LIST]),
    )


def _inflated(squeezed: bytes, most: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        packed = inflater.decompress(squeezed, most + 1)
    except zlib.error as error:
        raise TokenRefused("status: not a ZLIB stream (RFC 1950)") from error
    _require(len(packed) <= most, "the list inflates beyond what a list may be")
    _require(inflater.eof and not inflater.unused_data, "the list is cut short, or goes on")
    return packed


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise TokenRefused(f"status: {otherwise}")
