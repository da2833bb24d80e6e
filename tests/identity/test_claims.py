"""The claims of each token: golden bytes, and whatever is written is read back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from cose import decode, encode
from identity import Assertion, Session, VerificationRequest, Verifier
from identity.claim_values import Result, Sealed, StatusReference
from identity.claimset import decode_claims, encode_claims
from identity.errors import TokenRefused
from identity.model import Answer, Assurance, Assured
from identity.verifier import ASSERTION, REQUEST, SESSION
from tests.identity.regions import GD, GX, NOW, SECOND, TRUST
from tests.shared_data import SHARED, needs_shared

REQUESTED = VerificationRequest(
    issuer=GD,
    audience=GX,
    issued_at=NOW,
    expires_at=NOW + 300 * SECOND,
    cti=b"c" * 16,
    nonce=b"n" * 16,
    case_commitment=b"k" * 32,
    purpose="food-operation-licence",
    fields=("document_number", "name_zh"),
    sealed=Sealed(kid=b"8 bytes.", box=b"b" * 48),
    legal_basis="PIPL 13(3)",
)
ASSERTED = Assertion(
    issuer=GX,
    subject="pairwise",
    audience=GD,
    issued_at=NOW,
    expires_at=NOW + 600 * SECOND,
    cti=b"a" * 16,
    nonce=b"n" * 16,
    case_commitment=b"k" * 32,
    purpose="food-operation-licence",
    request_digest=b"r" * 32,
    result=Result(
        verdict=Answer.PARTIAL,
        answers={"name_zh": Answer.MATCH, "name_en": Answer.NOT_COMPARABLE},
        assurance=Assurance.REMOTE,
        method="register",
        checked_at=NOW,
        source_as_of=NOW - SECOND,
    ),
    status=StatusReference(index=7, uri="https://gx.example/status/1"),
)

GOLDEN_REQUEST = (
    "ab0165434e2d47440365434e2d4758041a69a50c6c061a69a50b40075063636363636363"
    "6363636363636363630a506e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e3a0001117058206b6b"
    "6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b3a0001117176"
    "666f6f642d6f7065726174696f6e2d6c6963656e63653a00011174826f646f63756d656e"
    "745f6e756d626572676e616d655f7a683a000111758248382062797465732e5830626262"
    "626262626262626262626262626262626262626262626262626262626262626262626262"
    "6262626262626262623a000111766a5049504c203133283329"
)

GOLDEN_ASSERTION = (
    "ac0165434e2d4758026870616972776973650365434e2d4744041a69a50d98061a69a50b"
    "400750616161616161616161616161616161610a506e6e6e6e6e6e6e6e6e6e6e6e6e6e6e"
    "6e19ffffa16b7374617475735f6c697374a2636964780763757269781b68747470733a2f"
    "2f67782e6578616d706c652f7374617475732f313a0001117058206b6b6b6b6b6b6b6b6b"
    "6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b3a0001117176666f6f642d6f70"
    "65726174696f6e2d6c6963656e63653a0001117258207272727272727272727272727272"
    "7272727272727272727272727272727272723a0001117386677061727469616ca2676e61"
    "6d655f656e6e6e6f745f636f6d70617261626c65676e616d655f7a68656d617463680268"
    "72656769737465721a69a50b401a69a50b3f"
)


@pytest.mark.parametrize(
    ("claims", "golden"),
    [
        pytest.param(REQUESTED, GOLDEN_REQUEST, id="a request"),
        pytest.param(ASSERTED, GOLDEN_ASSERTION, id="an assertion"),
    ],
)
def test_golden_bytes(claims, golden):
    assert encode_claims(claims).hex() == golden
    assert decode_claims(type(claims), bytes.fromhex(golden)) == claims


texts = st.text(min_size=1, max_size=32)
times = st.integers(0, 10_000).map(lambda seconds: NOW + seconds * SECOND)
sessions = st.builds(
    Session,
    issuer=texts,
    subject=texts,
    audience=texts,
    issued_at=times,
    expires_at=times,
    cti=st.binary(min_size=16, max_size=16),
    role=texts,
    scopes=st.lists(texts, unique=True, max_size=8).map(tuple),
    assurance=st.builds(
        Assured,
        level=st.sampled_from(Assurance),
        bound_how=texts,
        bound_by=texts,
        bound_at=st.none() | times,
        authenticated_how=texts,
        authenticated_at=times,
        source_as_of=st.none() | times,
    ),
    channel=texts,
    authority=st.none() | texts,
    principal=st.none() | texts,
    verification=st.none() | texts,
    status=st.none() | st.just(ASSERTED.status),
)


@given(sessions)
def test_whatever_is_written_is_read_back(session):
    assert decode_claims(Session, encode_claims(session)) == session


@given(st.binary(max_size=64))
def test_other_bytes_are_refused_and_nothing_else_happens(payload):
    with pytest.raises(TokenRefused):
        decode_claims(Session, payload)


@pytest.mark.parametrize(
    "index",
    [pytest.param(-1, id="below"), pytest.param((1 << 24) + 1, id="above")],
)
def test_nothing_is_written_that_would_be_refused(index):
    status = StatusReference(index=index, uri="u")

    with pytest.raises(TokenRefused):
        encode_claims(structs.replace(ASSERTED, status=status))


@pytest.mark.parametrize("count", [0, 17])
def test_a_result_of_no_answers_or_too_many_is_refused(count):
    answers = {f"field {number}": Answer.MATCH for number in range(count)}

    with pytest.raises(TokenRefused, match="form"):
        Result.read(structs.replace(ASSERTED.result, answers=answers).write())


# RFC 8392's examples are signed with ES256, keyed with a MAC, encrypted, nested in
# another tag or dated by a float, and none has a typ: our profile takes none of them.
PUBLISHED = sorted((SHARED / "vectors" / "cwt").glob("*.json"))


@needs_shared
@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
@pytest.mark.parametrize("kind", [REQUEST, ASSERTION, SESSION], ids=lambda kind: kind.typ)
def test_a_published_token_outside_our_profile_is_refused(path, kind):
    token = bytes.fromhex(json.loads(path.read_text())["output"]["cbor"])

    with pytest.raises(TokenRefused, match="envelope"):
        Verifier(TRUST, "coap://light.example.com").verify(token, kind, now=NOW)


PIECES = [
    (encode(label), encode(value))
    for label, value in decode(bytes.fromhex(GOLDEN_ASSERTION)).items()
]
ALIKE = {
    b"\x01": [b"\xf5", b"\x18\x01", b"\xfb\x3f\xf0" + bytes(6), b"\xf9\x3c\x00", b"\xc1\x01"],
    b"\x03": [b"\x18\x03", b"\x19\x00\x03", b"\xf9\x42\x00", b"\x61\x03", b"\x81\x03"],
    b"\x19\xff\xff": [b"\x1a\x00\x00\xff\xff", b"\xfa\x47\x7f\xff\x00"],
}


@pytest.mark.parametrize(
    ("label", "instead"),
    [(label, other) for label, others in ALIKE.items() for other in others],
    ids=lambda piece: piece.hex(),
)
def test_a_label_that_only_counts_as_ours_is_refused(label, instead):
    bent = [(instead if each == label else each, value) for each, value in PIECES]

    with pytest.raises(TokenRefused):
        decode_claims(Assertion, _map_of(bent))


@given(st.permutations(PIECES))
def test_claims_in_another_order_are_refused(pieces):
    payload = _map_of(pieces)

    if pieces != PIECES:
        with pytest.raises(TokenRefused):
            decode_claims(Assertion, payload)


@given(st.integers(0, len(bytes.fromhex(GOLDEN_ASSERTION)) - 1), st.binary(max_size=3))
def test_whatever_is_taken_was_in_the_one_form(at, instead):
    golden = bytes.fromhex(GOLDEN_ASSERTION)
    payload = golden[:at] + instead + golden[at + 1 :]

    try:
        taken = decode_claims(Assertion, payload)
    except TokenRefused:
        return

    assert encode(decode(payload)) == payload
    assert encode_claims(taken) == payload


def test_bytes_that_look_like_a_content_id_are_claims_like_any_other():
    given = structs.replace(ASSERTED, request_digest=b"\x01\x55\x12\x1c" + bytes(28))

    assert decode_claims(Assertion, encode_claims(given)) == given


def test_claims_that_need_more_than_they_may_have_are_neither_written_nor_read():
    payload = encode_claims(ASSERTED)

    assert encode_claims(ASSERTED, limit=len(payload)) == payload
    with pytest.raises(TokenRefused, match="at most"):
        encode_claims(ASSERTED, limit=len(payload) - 1)
    with pytest.raises(TokenRefused, match="at most"):
        decode_claims(Assertion, payload, limit=len(payload) - 1)


def _map_of(pieces):
    return bytes([0xA0 | len(pieces)]) + b"".join(label + value for label, value in pieces)
