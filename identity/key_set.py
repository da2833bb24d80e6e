"""A region's keys as its offline root signed them: one CWT in a COSE_Sign1.

Whoever enrolled the root takes every later set it signs, and no other. A root
signs key sets and nothing else, so it is never among the keys of a token; and a
set that goes back is refused, or a revoked key could be brought back with it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import cose
from cose import ED25519, CoseError, KeyRecord, Signer, sign1
from identity.claim_forms import MOMENT, SKEW, raw, text, whole
from identity.envelope import check_signature, parsed
from identity.errors import TokenRefused

KEY_SET: Final = "application/pprd-keys+cwt"
LIFETIME: Final = timedelta(days=90)
"""No set counts for longer, whatever its own `exp` says."""
LIMIT: Final = 60 * 1024
"""What fits into one entry of a log, with room for the entry itself."""

_ISS, _EXP, _IAT = 1, 4, 6
_SERIAL, _KEYS, _ORIGIN = -70034, -70035, -70036
_FORMS = {
    _ISS: text(),
    _EXP: MOMENT,
    _IAT: MOMENT,
    _SERIAL: whole(1, (1 << 53) - 1),
    _KEYS: raw(1, LIMIT),
    _ORIGIN: text(256),
}
_FOR_EVER = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySet:
    """What a root says: these are the region's keys, and `origin` is its log.

    Of two sets of one region the one with the greater `serial` counts.
    """

    issuer: str
    serial: int
    issued_at: datetime
    expires_at: datetime
    origin: str
    records: tuple[KeyRecord, ...]

    @property
    def roots(self) -> tuple[KeyRecord, ...]:
        """The roots whose sets count after this one; without any, those that did before."""
        return tuple(record for record in self.records if KEY_SET in record.use)

    def leased(self, until: datetime, uses: Iterable[str]) -> tuple[KeyRecord, ...]:
        """Return the keys; those for any of `uses` count only as long as this set, and `until`.

        So what is not confirmed in time ends by itself, also where nobody looks.
        """
        end, bounded = min(until, self.expires_at), set(uses)
        return tuple(
            _ending(record, end) if record.use & bounded else record
            for record in self.records
            if KEY_SET not in record.use
        )


def root_record(public_key: bytes) -> KeyRecord:
    """Return the record of a region's root, screened; raises `CoseError`.

    A root has no times of its own: it counts until another is enrolled or announced.
    """
    not_before, expires = _FOR_EVER
    return KeyRecord(
        public_key=public_key,
        algorithm=ED25519,
        use=frozenset({KEY_SET}),
        not_before=not_before,
        expires=expires,
    )


def sign_key_set(keys: KeySet, root: Signer) -> bytes:
    """Return `keys` as the token that is published."""
    claims = {
        _ISS: keys.issuer,
        _EXP: MOMENT.write(keys.expires_at),
        _IAT: MOMENT.write(keys.issued_at),
        _SERIAL: keys.serial,
        _KEYS: cose.encode_key_set(keys.records),
        _ORIGIN: keys.origin,
    }
    token = sign1(root, typ=KEY_SET, payload=cose.encode(claims))
    # What we could not read ourselves is not to reach anybody.
    read_key_set(
        token,
        issuer=keys.issuer,
        roots=[root_record(root.public_key)],
        now=keys.issued_at,
        after=keys.serial - 1,
    )
    return token


def read_key_set(
    token: bytes, *, issuer: str, roots: Iterable[KeyRecord], now: datetime, after: int = 0
) -> KeySet:
    """Return the set that counts at `now`, or raise `TokenRefused`.

    `after` is the serial of the set that counted before.
    """
    # 1-5. A root of this region signed it, and every key in it is one.
    keys = open_key_set(token, issuer=issuer, roots=roots)
    # 6. It was issued, has not expired and does not live too long (RFC 8392, 3.1.4-6).
    _require(keys.issued_at <= now + SKEW, "issued in the future")
    _require(now < keys.expires_at + SKEW, "expired")
    _require(
        timedelta(0) < keys.expires_at - keys.issued_at <= LIFETIME,
        "a life longer than we grant",
    )
    # 7. It comes after the one that counted before.
    _require(keys.serial > after, "it goes back to before the one that counts")
    return keys


def open_key_set(token: bytes, *, issuer: str | None, roots: Iterable[KeyRecord]) -> KeySet:
    """Return what one of `issuer`'s `roots` signed, whenever it counted.

    For our own set, and for one that a log says was accepted: else `read_key_set`.
    Without `issuer` the set itself is to say whose it is.
    """
    # 1-2. It is one COSE_Sign1 within its limit, and a key set.
    envelope = parsed(token, KEY_SET, limit=LIMIT)
    # 3. A root of this region signed it; its kid finds the one, and none is tried in turn.
    root = {record.kid: record for record in roots}.get(envelope.kid)
    if root is None:
        raise TokenRefused("key set: not signed by a root of this region")
    check_signature(envelope, root)
    # 4. Its claims are complete and well-formed, and its issuer is this region (RFC 8392, 3.1).
    claims = _claims(envelope.payload or b"")
    _require(issuer in (None, claims[_ISS]), "of another region")
    # 5. Every key is one, and a root among them is nothing but a root.
    records = _records(claims[_KEYS])
    _require(
        all(len(r.use) == 1 for r in records if KEY_SET in r.use),
        "a key that signs key sets may sign nothing else",
    )
    return KeySet(
        issuer=claims[_ISS],
        serial=claims[_SERIAL],
        issued_at=claims[_IAT],
        expires_at=claims[_EXP],
        origin=claims[_ORIGIN],
        records=records,
    )


def _ending(record: KeyRecord, end: datetime) -> KeyRecord:
    end = max(end, record.not_before + timedelta(seconds=1))
    return replace(record, expires=min(record.expires, end))


def _claims(payload: bytes) -> Mapping[int, Any]:
    try:
        found = cose.decode(payload, limit=LIMIT)
    except CoseError as error:
        raise TokenRefused(f"key set: {error}") from error
    _require(type(found) is dict and found.keys() == _FORMS.keys(), "not the claims of a set")
    return {label: form.read(found[label]) for label, form in _FORMS.items()}


def _records(keys: bytes) -> tuple[KeyRecord, ...]:
    try:
        return cose.decode_key_set(keys)
    except CoseError as error:
        raise TokenRefused(f"key set: {error}") from error


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise TokenRefused(f"key set: {otherwise}")
