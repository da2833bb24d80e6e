"""One certificate is taken for one state of one view; each way of bending it is refused."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cose import encode, sign1
from ledger.transparency import (
    CHECKPOINT,
    RECEIPT,
    VIEW_CERTIFICATE,
    Certificate,
    CertificateRefused,
    LogKeys,
    make_certificate,
    verify_certificate,
)
from ledger.transparency.view_certificate import CERTIFICATE_LIMIT
from tests.ledger.transparency.logs import NOW, ORIGIN, SIGNER, STRANGER, record

# Much of the same: what it passes through is covered by others.
pytestmark = pytest.mark.no_cover

RECORD = record(SIGNER, VIEW_CERTIFICATE)
KEYS = LogKeys(ORIGIN, (RECORD,))
CERTIFICATE = Certificate(
    log=ORIGIN,
    view="case_list",
    version=2,
    size=8,
    root=bytes([1]) * 32,
    digest=bytes([2]) * 32,
    issued_at=NOW,
)
DATA = make_certificate(SIGNER, CERTIFICATE)
CLAIMS = {
    1: ORIGIN,
    6: int(NOW.timestamp()),
    -70020: 8,
    -70041: "case_list",
    -70042: 2,
    -70043: bytes([1]) * 32,
    -70044: bytes([2]) * 32,
}


def signed(claims=CLAIMS, *, signer=SIGNER, typ=VIEW_CERTIFICATE, payload=None, **more):
    """A certificate with any content at all, properly signed over whatever it is."""
    data = encode(claims) if payload is None else payload
    return sign1(signer, typ=typ, payload=data, **more)


def refused(data, keys=KEYS):
    with pytest.raises(CertificateRefused) as refusal:
        verify_certificate(data, keys)
    return str(refusal.value)


def test_a_certificate_says_what_was_certified():
    assert verify_certificate(DATA, KEYS) == CERTIFICATE


def test_golden_bytes_of_a_certificate():
    kid, typ = RECORD.kid.hex(), VIEW_CERTIFICATE.encode()
    claims = (
        "a7" + "0173" + ORIGIN.encode().hex() + "061a69a50b40" + "3a00011183" + "08"
        + "3a00011198" + "69" + b"case_list".hex() + "3a00011199" + "02"
        + "3a0001119a" + "5820" + "01" * 32 + "3a0001119b" + "5820" + "02" * 32
    )  # fmt: skip
    protected = "a3" + "0132" + "0448" + kid + "10" + f"78{len(typ):02x}" + typ.hex()

    assert signed() == DATA
    assert DATA.hex() == (
        "d284" + f"58{len(protected) // 2:02x}" + protected + "a0"
        + f"58{len(claims) // 2:02x}" + claims + "5840" + DATA[-64:].hex()
    )  # fmt: skip


def test_a_certificate_with_any_one_bit_flipped_is_refused():
    for bit in range(8 * len(DATA)):
        bent = bytearray(DATA)
        bent[bit // 8] ^= 1 << bit % 8

        refused(bytes(bent))


def test_a_certificate_cut_short_anywhere_is_refused():
    for length in range(len(DATA)):
        refused(DATA[:length])


@pytest.mark.parametrize(
    "data",
    [
        DATA + b"\x00",
        DATA[1:],
        b"\xd2" + DATA,
        b"\xd8\x3d" + DATA,
        b"\xd8\x62" + DATA[1:],
        signed(unprotected={4: RECORD.kid}),
        signed(also_protected={395: 1}),
        signed(detached=True),
        b"",
    ],
    ids=[
        "trailing byte",
        "untagged",
        "tag 18 twice",
        "in a CWT tag",
        "tag 98",
        "unprotected kid",
        "another header",
        "no payload",
        "nothing",
    ],
)
def test_what_is_not_exactly_one_envelope_is_refused(data):
    refused(data)


def test_what_is_larger_than_a_certificate_can_be_is_not_decoded():
    assert "at most" in refused(signed(payload=bytes(CERTIFICATE_LIMIT)))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({1: "another.example/log"}, "another log's"),
        ({1: b"log"}, "claim 1 is not of its type"),
        ({6: -1}, "no time there is"),
        ({6: 1 << 40}, "no time there is"),
        ({6: True}, "claim 6 is not of its type"),
        ({-70020: 0}, "no tree there is"),
        ({-70020: -8}, "no tree there is"),
        ({-70020: 1 << 63}, "no tree there is"),
        ({-70041: ""}, "of no view"),
        ({-70042: 0}, "no version there is"),
        ({-70042: "2"}, "claim -70042 is not of its type"),
        ({-70043: bytes(31)}, "32 bytes"),
        ({-70044: bytes(33)}, "32 bytes"),
        ({-70044: "digest"}, "claim -70044 is not of its type"),
        ({4: 1}, "other than a certificate's"),
    ],
)
def test_claims_that_do_not_fit_are_refused(change, why):
    assert why in refused(signed(CLAIMS | change))


@pytest.mark.parametrize("label", CLAIMS)
def test_a_claim_that_is_missing_is_missed(label):
    left = {each: value for each, value in CLAIMS.items() if each != label}

    assert "other than a certificate's" in refused(signed(left))


A_FLOAT = b"\xa1\x06\xfb\x3f\xf8" + bytes(6)


@pytest.mark.parametrize(
    "payload", [b"\x80", b"\x01", b"\xbf\xff", b"\xa2\x01\x01\x01\x01", A_FLOAT]
)
def test_claims_that_are_no_map_of_ours_are_refused(payload):
    assert "claims" in refused(signed(payload=payload))


@pytest.mark.parametrize("typ", [RECEIPT, CHECKPOINT, f"{VIEW_CERTIFICATE}x"])
def test_what_is_signed_under_another_name_is_no_certificate(typ):
    assert "not called" in refused(signed(typ=typ))


def test_a_key_of_somebody_else_certifies_nothing():
    assert "no key" in refused(signed(signer=STRANGER))


def test_a_signature_of_another_under_our_kid_is_refused():
    forged = DATA[:-64] + signed(signer=STRANGER)[-64:]

    assert "signature" in refused(forged)


@pytest.mark.parametrize(
    "changes",
    [
        {"not_before": NOW + timedelta(seconds=1)},
        {"expires": NOW},
        {"revoked_at": NOW},
    ],
    ids=["not yet", "no longer", "revoked"],
)
def test_a_key_certifies_only_while_it_is_valid(changes):
    keys = LogKeys(ORIGIN, (record(SIGNER, VIEW_CERTIFICATE, **changes),))

    assert "no key" in refused(DATA, keys)


@pytest.mark.parametrize("use", [(), (RECEIPT,), (CHECKPOINT, RECEIPT)])
def test_a_key_for_other_uses_certifies_nothing(use):
    assert "no key" in refused(DATA, LogKeys(ORIGIN, (record(SIGNER, *use),)))


@pytest.mark.parametrize("change", [{"root": b""}, {"size": 0}, {"view": ""}, {"version": 0}])
def test_what_would_be_refused_is_never_signed(change):
    with pytest.raises(CertificateRefused):
        make_certificate(SIGNER, replace(CERTIFICATE, **change))
