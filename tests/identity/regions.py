"""Two made-up regions and one made-up resident: CN-GD asks, CN-GX answers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2

import cose
from cose import ED25519, Ed25519Signer, KeyRecord, kid_of, sign1
from identity import (
    ASSERTION,
    REQUEST,
    SESSION,
    Answerer,
    Asker,
    Question,
    SealingKey,
    Trust,
    commit_to_case,
)
from identity.model import Answer, Assurance, Assured, Comparison
from identity.policy import Agreement, Policy

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
SECOND = timedelta(seconds=1)
GD, GX = "CN-GD", "CN-GX"

GD_SIGNER = Ed25519Signer(bytes([1]) * 32)
GX_SIGNER = Ed25519Signer(bytes([2]) * 32)
STRANGER = Ed25519Signer(bytes([3]) * 32)
GX_SEALING = SealingKey.from_seed(bytes([4]) * 32)

PROVEN = Assured(
    level=Assurance.REMOTE,
    bound_how="remote",
    bound_by=GX,
    authenticated_how="page",
    authenticated_at=NOW,
)
CTI, NONCE, ANSWER_CTI = b"c" * 16, b"n" * 16, b"a" * 16
RESIDENT = {
    "document_type": "resident_identity",
    "document_number": "459999199003070017",
    "name_zh": "甲某某",
}
QUESTION = Question(
    identifiers=RESIDENT,
    fields=("document_number", "name_zh"),
    case_commitment=commit_to_case(b"s" * 16, b"case-1"),
    purpose="food-operation-licence",
    legal_basis="PIPL 13(3)",
)


def record(signer, *use, **changes):
    fields = {
        "public_key": signer.public_key,
        "algorithm": ED25519,
        "use": frozenset(use),
        "not_before": NOW - timedelta(days=30),
        "expires": NOW + timedelta(days=30),
    }
    return KeyRecord(**(fields | changes))


GD_KEYS = (record(GD_SIGNER, REQUEST.typ, SESSION.typ),)
GX_KEYS = (
    record(GX_SIGNER, ASSERTION.typ, REQUEST.typ),
    GX_SEALING.record(not_before=NOW - SECOND, expires=NOW + timedelta(days=30)),
)
TRUST = Trust({GD: GD_KEYS, GX: GX_KEYS})


class FakeRegister:
    """Knows one resident, and keeps count of how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def compare(self, identifiers, fields):
        self.asked += 1
        same = {name: identifiers.get(name) == RESIDENT.get(name) for name in fields}
        return Comparison(
            answers={n: Answer.MATCH if hit else Answer.NO_MATCH for n, hit in same.items()},
            assurance=Assurance.REMOTE,
            method="register",
            source_as_of=NOW - timedelta(days=1),
        )


POLICY = Policy(region=GD, agreements=lambda _: Agreement())
ASKER = Asker(issuer=GD, signer=lambda: GD_SIGNER, trust=TRUST, policy=POLICY)


def ask(question=QUESTION, home=GX, **changes):
    fields: dict[str, Any] = {"now": NOW, "cti": CTI, "nonce": NONCE}
    return ASKER.ask(question, home, **(fields | changes))


def answerer(register=None, **changes):
    fields: dict[str, Any] = {
        "issuer": GX,
        "signer": lambda: GX_SIGNER,
        "trust": TRUST,
        "policy": Policy(region=GX, agreements=lambda _: Agreement()),
        "sealing_keys": lambda: (GX_SEALING,),
        "pseudonym_key": bytes([5]) * 32,
        "register": register or FakeRegister(),
    }
    return Answerer(**(fields | changes))


async def answer(asked, by=None, **changes):
    by = by or answerer()
    opened = by.open(asked.token, now=NOW)
    return await by.answer(opened, **({"now": NOW, "cti": ANSWER_CTI} | changes))


def claims_of(token):
    return cose.decode(cbor2.loads(token).value[2])


def bend(token, signer, typ, changes, *, without=(), headers=None):
    """Return `token` with its claims changed at will, and properly signed again."""
    claims = {**claims_of(token), **changes}
    payload = cbor2.dumps({k: v for k, v in claims.items() if k not in without}, canonical=True)
    return seal_envelope(payload, signer, typ, headers)


def seal_envelope(payload, signer, typ, headers=None):
    if headers is None:
        return sign1(signer, typ=typ, payload=payload)
    protected = cbor2.dumps({1: ED25519, 4: kid_of(signer.public_key), 16: typ} | headers)
    signature = signer.sign(cbor2.dumps(["Signature1", protected, b"", payload]))
    return cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature]))
