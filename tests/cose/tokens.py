"""Keys and a well-formed envelope for the tests to bend."""

from datetime import UTC, datetime

import cbor2

from cose import ED25519, Ed25519Signer, KeyRecord, sign1

TYP = "application/pprd-idv+cwt"
SIGNER = Ed25519Signer(bytes(range(32)))
STRANGER = Ed25519Signer(bytes(range(1, 33)))


def record(signer=SIGNER, *, algorithm=ED25519, **changes):
    fields = {
        "public_key": signer.public_key,
        "algorithm": algorithm,
        "use": frozenset({TYP}),
        "not_before": datetime(2026, 1, 1, tzinfo=UTC),
        "expires": datetime(2027, 1, 1, tzinfo=UTC),
    }
    return KeyRecord(**(fields | changes))


RECORD = record()
PAYLOAD = bytes.fromhex("a10a01")
TOKEN = sign1(SIGNER, typ=TYP, payload=PAYLOAD)


def envelope(headers=None, *, signer=SIGNER, payload=PAYLOAD, loose=None, raw=None):
    """Return an envelope with any headers at all, properly signed over whatever they are."""
    if headers is None:
        headers = {1: ED25519, 4: RECORD.kid, 16: TYP}
    protected = cbor2.dumps(headers) if raw is None else raw
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    body = [protected, loose or {}, payload, signer.sign(signed)]
    return cbor2.dumps(cbor2.CBORTag(18, body))
