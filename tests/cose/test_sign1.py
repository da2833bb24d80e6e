"""One envelope is taken; each way of bending it is refused by name."""

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cose import (
    EDDSA_DEPRECATED,
    SEALED_BOX,
    CoseError,
    EnvelopeRefused,
    Sign1,
    SignatureRefused,
    sign1,
)
from tests.cose.tokens import PAYLOAD, RECORD, SIGNER, STRANGER, TOKEN, TYP, envelope, record

KID = RECORD.kid
BODY = TOKEN[1:]
TYP_HEX = cbor2.dumps(TYP).hex()
KID_HEX = "48" + KID.hex()
SEALING = record(algorithm=SEALED_BOX)
L = 2**252 + 27742317777372353535851937790883648493


def _body(position, value):
    body = list(cbor2.loads(TOKEN).value)
    body[position] = value
    return cbor2.dumps(cbor2.CBORTag(18, body))


def test_what_is_signed_is_verified():
    token = Sign1.parse(TOKEN)

    token.verify(RECORD)

    assert (token.payload, token.typ, token.kid) == (PAYLOAD, TYP, KID)


def test_golden_bytes_of_an_envelope():
    assert TOKEN.hex() == (
        "d284" + "5828" + "a3" + "0132" + "04" + KID_HEX + "10" + TYP_HEX
        + "a0" + "43a10a01" + "5840" + Sign1.parse(TOKEN).signature.hex()
    )  # fmt: skip


@pytest.mark.parametrize(
    "attack",
    [
        pytest.param(BODY, id="untagged"),
        pytest.param(b"\xd1" + BODY, id="tag 17"),
        pytest.param(b"\xd8\x62" + BODY, id="tag 98 on four items"),
        pytest.param(b"\xd8\x3d" + TOKEN, id="tag 61 around tag 18"),
        pytest.param(b"\xd2" + TOKEN, id="tag 18 around tag 18"),
        pytest.param(b"\xd9\xd9\xf7" + TOKEN, id="the tag that says CBOR around it"),
        pytest.param(b"\xd8\x12" + BODY, id="tag 18 not shortest"),
        pytest.param(TOKEN + b"\x00", id="trailing bytes"),
        pytest.param(TOKEN[:-1], id="cut short"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xd2\x9f" + BODY[1:] + b"\xff", id="indefinite array"),
        pytest.param(b"\xd2\x98\x04" + BODY[1:], id="length not shortest"),
        pytest.param(b"\xd2\x85" + BODY[1:] + b"\x00", id="five items"),
        pytest.param(b"\xd2\xa2" + BODY[1:], id="a map"),
        pytest.param(TOKEN.replace(b"\xa0\x43", b"\xa1\x04\x41\x31\x43"), id="unprotected kid"),
        pytest.param(envelope(loose={33: b"x"}), id="unprotected x5chain"),
        pytest.param(envelope(raw=b""), id="protected as an empty string"),
        pytest.param(envelope(raw=b"\xa0"), id="protected as an empty map"),
        pytest.param(envelope({4: KID, 16: TYP}, loose={1: -19}), id="alg only unprotected"),
        pytest.param(envelope(loose={1: -19}), id="alg in both"),
        pytest.param(
            envelope(raw=bytes.fromhex("a4" + "0132" + "0132" + f"04{KID_HEX}10{TYP_HEX}")),
            id="two algs",
        ),
        pytest.param(
            envelope(raw=bytes.fromhex("a4" + "0132" + "180127" + f"04{KID_HEX}10{TYP_HEX}")),
            id="two algs, one not shortest",
        ),
        pytest.param(
            envelope(raw=bytes.fromhex("a4" + "0132" + "f527" + f"04{KID_HEX}10{TYP_HEX}")),
            id="alg under true",
        ),
        pytest.param(
            envelope(raw=bytes.fromhex("a4" + "0132" + "f93c0027" + f"04{KID_HEX}10{TYP_HEX}")),
            id="alg under 1.0",
        ),
        pytest.param(
            envelope(raw=bytes.fromhex("bf" + "0132" + f"04{KID_HEX}10{TYP_HEX}" + "ff")),
            id="indefinite headers",
        ),
        pytest.param(envelope([1, -19]), id="headers as an array"),
        pytest.param(envelope({1: "EdDSA", 4: KID, 16: TYP}), id="alg as text"),
        pytest.param(envelope({1: True, 4: KID, 16: TYP}), id="alg as true"),
        pytest.param(envelope({1: -19, 4: KID, 16: 16}), id="typ as a number"),
        pytest.param(envelope({1: -19, 4: KID}), id="no typ"),
        pytest.param(envelope({1: -19, 16: TYP}), id="no kid"),
        pytest.param(envelope({1: -19, 4: KID[:7], 16: TYP}), id="kid too short"),
        pytest.param(envelope({1: -19, 4: KID + b"\0", 16: TYP}), id="kid too long"),
        pytest.param(envelope({1: -19, 4: "../../etc", 16: TYP}), id="kid as a path"),
        pytest.param(envelope({1: -19, 4: "8 chars.", 16: TYP}), id="kid as text"),
        pytest.param(envelope({1: -19, 4: 8, 16: TYP}), id="kid as a number"),
        pytest.param(_body(0, 7), id="protected as a number"),
        pytest.param(_body(0, "text"), id="protected as text"),
        pytest.param(_body(1, []), id="unprotected as an array"),
        pytest.param(_body(2, 7), id="payload as a number"),
        pytest.param(_body(3, 7), id="signature as a number"),
        pytest.param(_body(3, None), id="no signature"),
        pytest.param(envelope({1: -19, 2: [99], 4: KID, 16: TYP, 99: 1}), id="crit unknown"),
        pytest.param(envelope({1: -19, 2: [], 4: KID, 16: TYP}), id="crit empty"),
        pytest.param(envelope({1: -19, 2: 16, 4: KID, 16: TYP}), id="crit not an array"),
        pytest.param(envelope({1: -19, 2: [99], 4: KID, 16: TYP}), id="crit of no label"),
        pytest.param(envelope({1: -19, 4: KID, 16: TYP, 3: 0}), id="a header we do not know"),
        pytest.param(sign1(SIGNER, typ=TYP, payload=PAYLOAD, detached=True), id="detached"),
        pytest.param(TOKEN.replace(PAYLOAD, b"xyz").replace(b"\x43xyz", b"\x63xyz"), id="text"),
    ],
)
def test_refused_for_its_form(attack):
    with pytest.raises(EnvelopeRefused):
        Sign1.parse(attack)


def test_an_envelope_larger_than_its_limit_is_refused_unread():
    with pytest.raises(EnvelopeRefused, match="at most"):
        Sign1.parse(TOKEN, limit=len(TOKEN) - 1)

    assert Sign1.parse(TOKEN, limit=len(TOKEN))


@pytest.mark.parametrize(
    ("attack", "key"),
    [
        pytest.param(envelope(signer=STRANGER), RECORD, id="another key's signature"),
        pytest.param(TOKEN, record(STRANGER), id="another key's record"),
        pytest.param(
            envelope({1: -19, 4: b"8 bytes.", 16: TYP}), RECORD, id="another key's kid"
        ),
        pytest.param(
            envelope({1: SEALED_BOX, 4: SEALING.kid, 16: TYP}), SEALING, id="a sealing key"
        ),
        pytest.param(
            envelope({1: -8, 4: KID, 16: TYP}), RECORD, id="-8 where the record says -19"
        ),
        pytest.param(
            TOKEN, record(algorithm=EDDSA_DEPRECATED), id="-19 where the record says -8"
        ),
        *(
            pytest.param(envelope({1: alg, 4: KID, 16: TYP}), RECORD, id=name)
            for alg, name in [
                (-9, "ESP256"),
                (-7, "ES256"),
                (-53, "Ed448"),
                (5, "HMAC over the public key"),
                (-(2**64), "the least number there is"),
            ]
        ),
        pytest.param(TOKEN.replace(PAYLOAD, b"\xa1\x0a\x02"), RECORD, id="another payload"),
    ],
)
def test_refused_for_its_signature(attack, key):
    token = Sign1.parse(attack)

    with pytest.raises(SignatureRefused):
        token.verify(key)


@pytest.mark.parametrize("change", [lambda s: s[:63], lambda s: s + b"\0"])
def test_a_signature_of_another_length_is_refused(change):
    protected, _, payload, signature = cbor2.loads(TOKEN).value
    bent = cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, change(signature)]))

    with pytest.raises(SignatureRefused):
        Sign1.parse(bent).verify(RECORD)


def test_s_plus_l_is_refused():
    r, s = TOKEN[-64:-32], int.from_bytes(TOKEN[-32:], "little")
    malleated = TOKEN[:-64] + r + (s + L).to_bytes(32, "little")

    with pytest.raises(SignatureRefused):
        Sign1.parse(malleated).verify(RECORD)


def test_minus_8_is_taken_where_the_keys_own_record_says_so():
    token = Sign1.parse(envelope({1: -8, 4: KID, 16: TYP}))

    token.verify(record(algorithm=EDDSA_DEPRECATED))


def test_a_detached_payload_is_given_back_to_be_verified():
    receipt = sign1(
        SIGNER,
        typ="receipt",
        payload=b"root",
        also_protected={395: 1},
        unprotected={396: {-1: [b"proof"]}},
        detached=True,
    )

    token = Sign1.parse(receipt, also_protected={395}, unprotected={396}, detached=True)

    token.verify(RECORD, payload=b"root")
    with pytest.raises(SignatureRefused):
        token.verify(RECORD, payload=b"another root")
    with pytest.raises(SignatureRefused, match="has to be given"):
        token.verify(RECORD)


def test_a_payload_given_beside_an_attached_one_is_not_what_is_verified():
    token = Sign1.parse(TOKEN.replace(PAYLOAD, b"\xa1\x0a\x02"))

    with pytest.raises(SignatureRefused):
        token.verify(RECORD, payload=PAYLOAD)


@given(st.integers(0, len(TOKEN) * 8 - 1))
def test_one_flipped_bit_is_refused(bit):
    bent = bytearray(TOKEN)
    bent[bit // 8] ^= 1 << bit % 8

    with pytest.raises(CoseError):
        Sign1.parse(bytes(bent)).verify(RECORD)


def test_an_envelope_does_not_show_what_it_carries():
    token = Sign1.parse(TOKEN)

    assert PAYLOAD.hex() not in repr(token).lower()
    assert repr(PAYLOAD) not in repr(token)
    assert repr(token.signature) not in repr(token)
