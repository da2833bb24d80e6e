"""Who the attacks are about: CN-GD asks, CN-GX answers, and a stranger looks on.

All of it follows from fixed seeds and one moment, so the same bytes come out
each time; also the sealed box, whose key is else thrown away.
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from nacl import bindings
from nacl.hashlib import blake2b

from cose import ED25519, Ed25519Signer, KeyRecord, encode, encode_key_set, kid_of
from identity import ASSERTION, REQUEST, SealingKey, Trust
from identity.status import STATUS_LIST
from tests.identity.attacks.raw import envelope, zeros

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
GD, GX = "CN-GD", "CN-GX"
URI = "https://gx.example/status/0"
ASKING, ANSWERING, STRANGER = (Ed25519Signer(bytes([seed]) * 32) for seed in (11, 12, 13))
SEALING = SealingKey.from_seed(bytes([14]) * 32)
FIELDS = ("document_number", "name_zh")


def _record(signer: Ed25519Signer, *use: str) -> KeyRecord:
    return KeyRecord(
        public_key=signer.public_key,
        algorithm=ED25519,
        use=frozenset(use),
        not_before=NOW - timedelta(days=30),
        expires=NOW + timedelta(days=30),
    )


ASKING_KEY = _record(ASKING, REQUEST.typ)
ANSWERING_KEY = _record(ANSWERING, ASSERTION.typ, REQUEST.typ, STATUS_LIST)
TRUST = Trust({GD: [ASKING_KEY], GX: [ANSWERING_KEY]})
KEY_SET = encode_key_set([ASKING_KEY, ANSWERING_KEY])


def _box() -> bytes:
    """Return a sealed box (libsodium's construction) under a key that is always the same."""
    public, secret = bindings.crypto_box_seed_keypair(bytes([15]) * 32)
    nonce = blake2b(public + SEALING.public_key, digest_size=24).digest()
    who = {"document_number": "459999199003070017", "name_zh": "甲某某"}
    plain = encode([GD, b"c" * 16, who])
    return public + bindings.crypto_box(plain, nonce, SEALING.public_key, secret)


REQUEST_CLAIMS: dict[int, Any] = {
    1: GD,
    3: GX,
    4: AT + 300,
    6: AT,
    7: b"c" * 16,
    10: b"n" * 16,
    -70001: sha256(b"s" * 16 + b"case-1").digest(),
    -70002: "food-operation-licence",
    -70005: list(FIELDS),
    -70006: [SEALING.kid, _box()],
    -70007: "PIPL 13(3)",
}
REQUEST_HEADERS: dict[int, Any] = {1: ED25519, 4: kid_of(ASKING.public_key), 16: REQUEST.typ}
GOOD_REQUEST = envelope(encode(REQUEST_HEADERS), encode(REQUEST_CLAIMS), ASKING)

ASSERTION_CLAIMS: dict[int, Any] = {
    1: GX,
    2: "f" * 64,
    3: GD,
    4: AT + 600,
    6: AT,
    7: b"a" * 16,
    10: b"n" * 16,
    -70001: REQUEST_CLAIMS[-70001],
    -70002: REQUEST_CLAIMS[-70002],
    -70003: sha256(GOOD_REQUEST).digest(),
    -70004: ["match", dict.fromkeys(FIELDS, "match"), 2, "register", AT, AT - 86_400],
    65535: {"status_list": {"idx": 7, "uri": URI}},
}
ASSERTION_HEADERS: dict[int, Any] = {
    1: ED25519,
    4: kid_of(ANSWERING.public_key),
    16: ASSERTION.typ,
}
GOOD_ASSERTION = envelope(encode(ASSERTION_HEADERS), encode(ASSERTION_CLAIMS), ANSWERING)

LIST_CLAIMS: dict[int, Any] = {
    2: URI,
    4: AT + 3_600,
    6: AT,
    65533: {"bits": 1, "lst": zeros(8_192)},
    65534: 300,
}
LIST_HEADERS: dict[int, Any] = {1: ED25519, 4: kid_of(ANSWERING.public_key), 16: STATUS_LIST}
GOOD_LIST = envelope(encode(LIST_HEADERS), encode(LIST_CLAIMS), ANSWERING)
