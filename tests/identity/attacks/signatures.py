"""Attacks on signatures and keys: what a lenient Ed25519 would let pass."""

from hashlib import sha512

from cose import ED25519, encode
from tests.identity.attacks.parties import (
    ASKING,
    AT,
    GOOD_REQUEST,
    REQUEST_CLAIMS,
    REQUEST_HEADERS,
)
from tests.identity.attacks.raw import Attack, envelope

L = 2**252 + 27742317777372353535851937790883648493
_P = 2**255 - 19
_PROTECTED = encode(REQUEST_HEADERS)
_PAYLOAD = encode(REQUEST_CLAIMS)
_MESSAGE = encode(["Signature1", _PROTECTED, b"", _PAYLOAD])
_R, _S = GOOD_REQUEST[-64:-32], int.from_bytes(GOOD_REQUEST[-32:], "little")
_SCALAR = int.from_bytes(sha512(bytes([11]) * 32).digest()[:32], "little")
_SECRET = _SCALAR & ((1 << 254) - 8) | 1 << 254
_IDENTITY = (1).to_bytes(32, "little")
_ORDER_2 = (_P - 1).to_bytes(32, "little")
_ORDER_4 = bytes(32)
_ORDER_8 = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")


def _signature(data: bytes) -> bytes:
    return envelope(_PROTECTED, _PAYLOAD, ASKING, signature=data)


def _small_r(point: bytes) -> bytes:
    """Return the signature that holds with this R, up to a point of small order."""
    hashed = sha512(point + ASKING.public_key + _MESSAGE).digest()
    s = int.from_bytes(hashed, "little") % L * _SECRET % L
    return _signature(point + s.to_bytes(32, "little"))


def _key(point: bytes, kid: bytes | None = None) -> bytes:
    """Return a key set with a key that nobody may enrol."""
    from cose import thumbprint

    own = thumbprint({1: 1, -1: 6, -2: point})[:8] if kid is None else kid
    told = {
        1: 1,
        2: own,
        3: ED25519,
        -1: 6,
        -2: point,
        -70030: ["application/pprd-idvreq+cwt"],
        -70031: AT,
        -70032: AT + 86_400,
    }
    return encode([told])


def _keys(of: str, name: str, attack: str, token: bytes) -> Attack:
    return Attack(of=of, name=name, attack=attack, token=token, on="key set", step="trust")


ATTACKS = [
    Attack(
        of="S + L",
        name="S + L",
        step="signature",
        token=_signature(_R + (_S + L).to_bytes(32, "little")),
        attack="another S that a verifier without the check takes",
    ),
    Attack(
        of="S + L",
        name="S + 8L",
        step="signature",
        token=_signature(_R + (_S + 8 * L).to_bytes(32, "little")),
        attack="an S that is larger still",
    ),
    Attack(
        of="63 and 65 bytes",
        name="63",
        step="signature",
        token=_signature(GOOD_REQUEST[-64:-1]),
        attack="a byte too few",
    ),
    Attack(
        of="63 and 65 bytes",
        name="65",
        step="signature",
        token=_signature(GOOD_REQUEST[-64:] + b"\0"),
        attack="a byte too many",
    ),
    Attack(
        of="63 and 65 bytes",
        name="none",
        step="signature",
        token=_signature(b""),
        attack="no bytes",
    ),
    Attack(
        of="63 and 65 bytes",
        name="zeros",
        step="signature",
        token=_signature(bytes(64)),
        attack="64 zeros",
    ),
    Attack(
        of="small-order A or R",
        name="R the identity",
        step="signature",
        token=_small_r(_IDENTITY),
        attack="the equation holds, with an R that is no secret",
    ),
    Attack(
        of="small-order A or R",
        name="R of order 2",
        step="signature",
        token=_small_r(_ORDER_2),
        attack="the equation holds up to a point of order 2",
    ),
    Attack(
        of="small-order A or R",
        name="R of order 4",
        step="signature",
        token=_small_r(_ORDER_4),
        attack="the equation holds up to a point of order 4",
    ),
    _keys(
        "small-order A or R",
        "A the identity",
        "a key under which anyone can sign",
        _key(_IDENTITY),
    ),
    _keys("small-order A or R", "A of order 2", "a key of order 2", _key(_ORDER_2)),
    _keys("small-order A or R", "A of order 4", "a key of order 4", _key(_ORDER_4)),
    _keys("small-order A or R", "A of order 8", "a key of order 8", _key(_ORDER_8)),
    _keys(
        "non-canonical A", "y = p", "a key whose y is p, for 0", _key(_P.to_bytes(32, "little"))
    ),
    _keys(
        "non-canonical A",
        "y = p + 1",
        "a key whose y is p + 1, for 1",
        _key((_P + 1).to_bytes(32, "little")),
    ),
    _keys(
        "non-canonical A",
        "y = 2^255 - 1",
        "a key whose y is as large as can be",
        _key(b"\xff" * 31 + b"\x7f"),
    ),
    _keys(
        "non-canonical A",
        "minus zero",
        "a key whose x is minus zero",
        _key(b"\x01" + bytes(30) + b"\x80"),
    ),
    _keys(
        "non-canonical A",
        "no point",
        "a key that is no point of the curve",
        _key(b"\x02" + bytes(31)),
    ),
    _keys(
        "non-canonical A", "31 bytes", "a key that is cut short", _key(ASKING.public_key[:31])
    ),
    _keys(
        "non-canonical A",
        "a kid of its own choice",
        "a good key under another kid",
        _key(ASKING.public_key, b"\0" * 8),
    ),
]
