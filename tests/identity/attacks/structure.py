"""Attacks on the form: one token, one encoding, and nothing around it."""

from cose import encode
from tests.identity.attacks.parties import (
    ASKING,
    AT,
    GOOD_REQUEST,
    REQUEST_CLAIMS,
    REQUEST_HEADERS,
)
from tests.identity.attacks.raw import Attack, envelope, head, of, pairs, raw

_PROTECTED = encode(REQUEST_HEADERS)
_PAYLOAD = encode(REQUEST_CLAIMS)
_SIGNATURE = ASKING.sign(encode(["Signature1", _PROTECTED, b"", _PAYLOAD]))
_ISSUER = encode("CN-GD")


def _outer(*, tag=b"\xd2", array=b"\x84", protected=None, payload=None, end=b""):
    return (
        tag
        + array
        + (raw(_PROTECTED) if protected is None else protected)
        + b"\xa0"
        + (raw(_PAYLOAD) if payload is None else payload)
        + raw(_SIGNATURE)
        + end
    )


def _claims(payload: bytes) -> bytes:
    return envelope(_PROTECTED, payload, ASKING)


def _headers(protected: bytes, unprotected: bytes = b"\xa0") -> bytes:
    return envelope(protected, _PAYLOAD, ASKING, unprotected=unprotected)


def _with(label: int, value: bytes) -> bytes:
    """Return the claims with the value of one of them written otherwise."""
    return pairs(*((key, value if key == label else item) for key, item in of(REQUEST_CLAIMS)))


_INDEFINITE = b"\xbf" + b"".join(encode(k) + v for k, v in of(REQUEST_CLAIMS)) + b"\xff"

ATTACKS = [
    Attack(
        of="another tag",
        name="mac0",
        step="envelope",
        token=_outer(tag=b"\xd1"),
        attack="tag 17 says that it is a COSE_Mac0",
    ),
    Attack(
        of="another tag",
        name="no such tag",
        step="envelope",
        token=_outer(tag=b"\xd3"),
        attack="tag 19 instead of 18",
    ),
    Attack(
        of="another tag",
        name="tag 18 the long way",
        step="envelope",
        token=_outer(tag=b"\xd8\x12"),
        attack="tag 18 in two bytes where one does",
    ),
    Attack(
        of="98 on four items",
        name="sign",
        step="envelope",
        token=_outer(tag=b"\xd8\x62"),
        attack="tag 98 says that it is a COSE_Sign, over the four items of a COSE_Sign1",
    ),
    Attack(
        of="untagged",
        name="untagged",
        step="envelope",
        token=GOOD_REQUEST[1:],
        attack="the array without its tag",
    ),
    Attack(
        of="61(18)",
        name="cwt tag",
        step="envelope",
        token=b"\xd8\x3d" + GOOD_REQUEST,
        attack="the CWT tag around the COSE one",
    ),
    Attack(
        of="nested",
        name="18(18)",
        step="envelope",
        token=b"\xd2" + GOOD_REQUEST,
        attack="tag 18 around tag 18",
    ),
    Attack(
        of="nested",
        name="a token in a token",
        step="claims",
        token=_claims(GOOD_REQUEST),
        attack="a good token as the payload of another",
    ),
    Attack(
        of="trailing bytes",
        name="a zero after it",
        step="envelope",
        token=GOOD_REQUEST + b"\0",
        attack="one byte after the token",
    ),
    Attack(
        of="trailing bytes",
        name="a second token",
        step="envelope",
        token=GOOD_REQUEST * 2,
        attack="the same token again after it",
    ),
    Attack(
        of="trailing bytes",
        name="a zero after the claims",
        step="claims",
        token=_claims(_PAYLOAD + b"\0"),
        attack="one byte after the claims, and signed",
    ),
    Attack(
        of="trailing bytes",
        name="a zero after the headers",
        step="envelope",
        token=_headers(_PROTECTED + b"\0"),
        attack="one byte after the headers, and signed",
    ),
    Attack(
        of="indefinite lengths",
        name="array",
        step="envelope",
        token=_outer(array=b"\x9f", end=b"\xff"),
        attack="the outer array without a length",
    ),
    Attack(
        of="indefinite lengths",
        name="payload",
        step="envelope",
        token=_outer(payload=b"\x5f" + raw(_PAYLOAD) + b"\xff"),
        attack="the payload in pieces",
    ),
    Attack(
        of="indefinite lengths",
        name="headers",
        step="envelope",
        token=_headers(b"\xbf" + _PROTECTED[1:] + b"\xff"),
        attack="the headers as a map without a length",
    ),
    Attack(
        of="indefinite lengths",
        name="claims",
        step="claims",
        token=_claims(_INDEFINITE),
        attack="the claims as a map without a length",
    ),
    Attack(
        of="indefinite lengths",
        name="issuer",
        step="claims",
        token=_claims(_with(1, b"\x7f" + _ISSUER + b"\xff")),
        attack="a text in pieces",
    ),
    Attack(
        of="integers or lengths not shortest",
        name="array",
        step="envelope",
        token=_outer(array=b"\x98\x04"),
        attack="the length of the outer array in two bytes",
    ),
    Attack(
        of="integers or lengths not shortest",
        name="headers",
        step="envelope",
        token=_outer(protected=raw(_PROTECTED, 2)),
        attack="the length of the headers in two bytes where one does",
    ),
    Attack(
        of="integers or lengths not shortest",
        name="exp",
        step="claims",
        token=_claims(_with(4, head(0, AT + 300, 8))),
        attack="exp in eight bytes",
    ),
    Attack(
        of="integers or lengths not shortest",
        name="issuer",
        step="claims",
        token=_claims(_with(1, head(3, 5, 1) + b"CN-GD")),
        attack="the length of a text in a byte of its own",
    ),
    Attack(
        of="integers or lengths not shortest",
        name="alg",
        step="envelope",
        token=_headers(pairs((1, head(1, 18, 1)), *of(REQUEST_HEADERS)[1:])),
        attack="alg in two bytes",
    ),
    Attack(
        of="integers or lengths not shortest",
        name="keys in another order",
        step="claims",
        token=_claims(pairs(*reversed(of(REQUEST_CLAIMS)))),
        attack="the claims from the last to the first",
    ),
    Attack(
        of="duplicate keys in headers",
        name="alg twice",
        step="envelope",
        token=_headers(pairs((1, b"\x32"), *of(REQUEST_HEADERS))),
        attack="the same alg twice",
    ),
    Attack(
        of="duplicate keys in headers",
        name="kid twice",
        step="envelope",
        token=_headers(
            pairs(of(REQUEST_HEADERS)[0], (4, raw(b"\0" * 8)), *of(REQUEST_HEADERS)[1:])
        ),
        attack="another kid before the right one",
    ),
    Attack(
        of="duplicate keys in headers",
        name="unprotected twice",
        step="envelope",
        token=_headers(_PROTECTED, b"\xa2\x04\x40\x04\x40"),
        attack="a label twice in the unprotected headers",
    ),
    Attack(
        of="duplicate keys in claims",
        name="audience twice",
        step="claims",
        token=_claims(
            pairs(*of(REQUEST_CLAIMS)[:2], (3, encode("CN-GD")), *of(REQUEST_CLAIMS)[2:])
        ),
        attack="another audience before the right one",
    ),
    Attack(
        of="duplicate keys in claims",
        name="exp twice",
        step="claims",
        token=_claims(
            pairs(*of(REQUEST_CLAIMS)[:3], (4, encode(AT + 299)), *of(REQUEST_CLAIMS)[3:])
        ),
        attack="another exp after the right one",
    ),
    Attack(
        of="01 against 1801",
        name="issuer under both",
        step="claims",
        token=_claims(
            pairs(of(REQUEST_CLAIMS)[0], (b"\x18\x01", _ISSUER), *of(REQUEST_CLAIMS)[1:])
        ),
        attack="label 1 once as 01 and once as 1801",
    ),
    Attack(
        of="01 against 1801",
        name="alg as 1801",
        step="envelope",
        token=_headers(pairs((b"\x18\x01", b"\x32"), *of(REQUEST_HEADERS)[1:])),
        attack="alg under 1801",
    ),
    Attack(
        of="1, 1.0 and true",
        name="true",
        step="claims",
        token=_claims(pairs(*of(REQUEST_CLAIMS), (b"\xf5", _ISSUER))),
        attack="an issuer under true, which Python takes for 1",
    ),
    Attack(
        of="1, 1.0 and true",
        name="1.0",
        step="claims",
        token=_claims(pairs(*of(REQUEST_CLAIMS), (b"\xf9\x3c\x00", _ISSUER))),
        attack="an issuer under 1.0, which Python takes for 1",
    ),
    Attack(
        of="1, 1.0 and true",
        name="alg under true",
        step="envelope",
        token=_headers(pairs(*of(REQUEST_HEADERS)[1:], (b"\xf5", b"\x32"))),
        attack="alg under true",
    ),
    Attack(
        of="protected `40` against `41a0`",
        name="40",
        step="envelope",
        token=_headers(b"", b"\xa3" + _PROTECTED[1:]),
        attack="no protected headers, in no bytes; all of them unprotected",
    ),
    Attack(
        of="protected `40` against `41a0`",
        name="41a0",
        step="envelope",
        token=_headers(b"\xa0", b"\xa3" + _PROTECTED[1:]),
        attack="no protected headers, as an empty map; all of them unprotected",
    ),
]
