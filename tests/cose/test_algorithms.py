"""An algorithm is one value: with another registered, keys and envelopes work, unchanged."""

import hmac
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from cose import (
    ED25519,
    ESP256,
    OKP,
    Algorithm,
    CoseError,
    Esp256Signer,
    KeyRecord,
    KeyRefused,
    Sign1,
    SignatureRefused,
    algorithm_of,
    decode,
    decode_key_set,
    encode,
    encode_key_set,
    kid_of,
    register,
    sign1,
    thumbprint,
)
from cose.esp256 import verify_esp256
from tests.cose.tokens import PAYLOAD, SIGNER, TYP, record

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SECRET = bytes(range(32))
P256 = Esp256Signer(SECRET)
P256_RECORD = record(P256, algorithm=ESP256)
X, Y = P256.public_key[:32], P256.public_key[32:]
SIGNATURE = P256.sign(b"tongban")
R, S = SIGNATURE[:32], SIGNATURE[32:]


class ToySigner:
    """Signs with nothing but a hash, under a private number: for these tests alone."""

    algorithm = -70299
    public_key = b"toy key!"

    def sign(self, message):
        return sha256(self.public_key + message).digest()


def _toy_screen(public_key):
    if public_key == bytes(8):
        raise KeyRefused("nothing but zeros")


TOY = Algorithm(
    number=ToySigner.algorithm,
    key_type=OKP,
    curve=-70298,
    size=8,
    screen=_toy_screen,
    verify=lambda key, message, signature: hmac.compare_digest(
        signature, sha256(key + message).digest()
    ),
)


@pytest.fixture(scope="module", autouse=True)
def _registered():
    register(TOY)


def test_what_another_algorithm_signs_is_verified_with_nothing_else_changed():
    known = record(ToySigner(), algorithm=TOY.number)
    token = Sign1.parse(sign1(ToySigner(), typ=TYP, payload=PAYLOAD))

    token.verify(known)

    assert token.kid == known.kid == kid_of(ToySigner.public_key, TOY.number)
    assert decode_key_set(encode_key_set([known])) == (known,)


def test_another_algorithm_s_keys_are_screened_by_its_own_screen():
    for public_key in (bytes(8), bytes(7)):
        with pytest.raises(KeyRefused):
            record(public_key=public_key, algorithm=TOY.number)


def test_a_signature_counts_only_under_the_algorithm_the_key_is_recorded_with():
    token = Sign1.parse(sign1(P256, typ=TYP, payload=PAYLOAD))

    with pytest.raises(SignatureRefused):
        token.verify(record(ToySigner(), algorithm=TOY.number))


@pytest.mark.parametrize("number", [ED25519, ESP256, TOY.number])
def test_no_number_is_registered_twice(number):
    with pytest.raises(KeyRefused, match="already"):
        register(algorithm_of(number))


@pytest.mark.parametrize("number", [-7, -35, -36])
def test_a_number_that_leaves_the_curve_open_is_never_registered(number):
    given = algorithm_of(ESP256)

    with pytest.raises(KeyRefused, match="curve"):
        register(
            Algorithm(
                number=number,
                key_type=given.key_type,
                curve=given.curve,
                size=given.size,
                screen=given.screen,
                verify=given.verify,
            )
        )


def test_what_p_256_signs_is_verified():
    token = Sign1.parse(sign1(P256, typ=TYP, payload=PAYLOAD))

    token.verify(P256_RECORD)

    assert (token.algorithm, len(token.signature)) == (-9, 64)


def test_the_thumbprint_of_a_p_256_key_is_over_both_coordinates():
    whole = thumbprint({1: 2, -1: 1, -2: X, -3: Y})

    assert P256_RECORD.kid == whole[:8]


def test_a_p_256_key_stands_in_a_key_set_with_both_coordinates():
    given = (P256_RECORD, record())

    packed = encode_key_set(given)

    assert decode_key_set(packed) == given
    key = decode(packed)[0]
    assert (key[1], key[-1], key[-2], key[-3]) == (2, 1, X, Y)


@pytest.mark.parametrize(
    "public_key",
    [
        pytest.param(X + bytes(32), id="off the curve"),
        pytest.param(Y + X, id="coordinates exchanged"),
        pytest.param(bytes(64), id="nothing but zeros"),
        pytest.param(X, id="x alone"),
        pytest.param(b"\x04" + X + Y, id="a point as X9.62 writes it"),
        pytest.param(bytes([2 + Y[-1] % 2]) + X, id="a compressed point"),
        pytest.param(P.to_bytes(32) + Y, id="x as large as the field"),
        pytest.param(X + (P + 1).to_bytes(32), id="y beyond the field"),
        pytest.param(b"", id="none"),
    ],
)
def test_a_p_256_key_that_is_no_point_is_not_enrolled(public_key):
    with pytest.raises(KeyRefused):
        record(public_key=public_key, algorithm=ESP256)


def _with_point(**changes):
    key = decode(encode_key_set([P256_RECORD]))[0]
    labels = {"kty": 1, "kid": 2, "alg": 3, "crv": -1, "x": -2, "y": -3}
    return encode([key | {labels[name]: value for name, value in changes.items()}])


@pytest.mark.parametrize(
    "attack",
    [
        pytest.param(_with_point(alg=-7), id="-7"),
        pytest.param(_with_point(alg=ED25519), id="a point for Ed25519"),
        pytest.param(_with_point(kty=1), id="a key of one coordinate"),
        pytest.param(_with_point(crv=2), id="P-384"),
        pytest.param(_with_point(y=False), id="y as a sign, as compressed points have it"),
        pytest.param(_with_point(x=X + Y[:1], y=Y[1:]), id="a byte of y lent to x"),
        pytest.param(_with_point(y=bytes(32)), id="off the curve"),
        pytest.param(_with_point(kid=bytes(8)), id="a kid of another's choice"),
    ],
)
def test_a_key_set_with_a_bent_p_256_key_is_refused(attack):
    with pytest.raises(KeyRefused):
        decode_key_set(attack)


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param(bytes(32) + S, id="r of zero"),
        pytest.param(R + bytes(32), id="s of zero"),
        pytest.param(bytes(64), id="both zero"),
        pytest.param(N.to_bytes(32) + S, id="r as large as the order"),
        pytest.param(R + N.to_bytes(32), id="s as large as the order"),
        pytest.param(b"\xff" * 64, id="beyond the order"),
        pytest.param(S + R, id="r and s exchanged"),
        pytest.param(R + S[:-1], id="63 bytes"),
        pytest.param(R + S + b"\0", id="65 bytes"),
        pytest.param(R + b"\0" + S, id="a zero before s, so 65 bytes that say the same"),
        pytest.param(b"\0" + R + b"\0" + S, id="33 bytes each"),
        pytest.param(b"\x30\x44\x02\x20" + R + b"\x02\x20" + S, id="DER"),
        pytest.param(b"", id="none"),
    ],
)
def test_a_p_256_signature_of_another_form_is_refused(signature):
    assert verify_esp256(P256.public_key, b"tongban", R + S)
    assert not verify_esp256(P256.public_key, b"tongban", signature)


@pytest.mark.parametrize("public_key", [b"", bytes(64), X, X + Y + b"\0"])
def test_a_key_that_is_no_point_verifies_nothing(public_key):
    assert not verify_esp256(public_key, b"tongban", SIGNATURE)


def test_of_a_pair_of_signatures_either_counts_so_that_none_may_stand_for_its_token():
    other = R + (N - int.from_bytes(S)).to_bytes(32)

    assert verify_esp256(P256.public_key, b"tongban", other)


@pytest.mark.parametrize("secret", [b"", bytes(31), bytes(32), N.to_bytes(32), bytes(33)])
def test_a_secret_that_is_none_is_refused_without_being_told(secret):
    with pytest.raises(KeyRefused) as refused:
        Esp256Signer(secret)

    assert refused.value.__cause__ is None


def test_a_p_256_signer_does_not_show_its_secret():
    assert SECRET.hex() not in repr(P256)
    assert not hasattr(P256, "__dict__")


def test_ed25519_and_p_256_keys_do_not_pass_for_each_other():
    ed = Sign1.parse(sign1(SIGNER, typ=TYP, payload=PAYLOAD))
    p256 = Sign1.parse(sign1(P256, typ=TYP, payload=PAYLOAD))

    for token, known in ((ed, P256_RECORD), (p256, record())):
        with pytest.raises(CoseError):
            token.verify(known)


def test_a_p_256_key_is_valid_in_its_time_like_any_other():
    made = KeyRecord(
        public_key=P256.public_key,
        algorithm=ESP256,
        use=frozenset({TYP}),
        not_before=datetime(2026, 1, 1, tzinfo=UTC),
        expires=datetime(2027, 1, 1, tzinfo=UTC),
    )

    assert not made.is_valid_at(datetime(2025, 12, 31, tzinfo=UTC))
