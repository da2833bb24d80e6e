"""Attacks by claims: times, audience, and answers to something else."""

import struct

from cose import encode
from tests.identity.attacks.parties import (
    ANSWERING,
    ASKING,
    ASSERTION_CLAIMS,
    ASSERTION_HEADERS,
    AT,
    GD,
    GOOD_ASSERTION,
    GOOD_REQUEST,
    GX,
    REQUEST_CLAIMS,
    REQUEST_HEADERS,
)
from tests.identity.attacks.raw import Attack, envelope, of, pairs

_PROTECTED = encode(REQUEST_HEADERS)


def _exp(value: bytes) -> bytes:
    told = pairs(*((k, value if k == 4 else item) for k, item in of(REQUEST_CLAIMS)))
    return envelope(_PROTECTED, told, ASKING)


def _claims(changes, *, without=()):
    told = {k: v for k, v in {**REQUEST_CLAIMS, **changes}.items() if k not in without}
    return envelope(_PROTECTED, encode(told), ASKING)


def _answer(changes, *, without=()):
    told = {k: v for k, v in {**ASSERTION_CLAIMS, **changes}.items() if k not in without}
    return envelope(encode(ASSERTION_HEADERS), encode(told), ANSWERING)


def _double(value: float) -> bytes:
    return b"\xfb" + struct.pack(">d", value)


ATTACKS = [
    Attack(
        of="exp as NaN",
        name="NaN",
        step="claims",
        token=_exp(b"\xf9\x7e\x00"),
        attack="exp is not a number: no comparison with it is true",
    ),
    Attack(
        of="infinity",
        name="infinity",
        step="claims",
        token=_exp(b"\xf9\x7c\x00"),
        attack="exp is infinite",
    ),
    Attack(
        of="infinity",
        name="minus infinity",
        step="claims",
        token=_exp(b"\xf9\xfc\x00"),
        attack="exp is minus infinity",
    ),
    Attack(
        of="float",
        name="float",
        step="claims",
        token=_exp(_double(AT + 300.0)),
        attack="the right exp, as a float",
    ),
    Attack(
        of="bignum",
        name="bignum",
        step="claims",
        token=_exp(b"\xc2\x49\x01" + bytes(8)),
        attack="exp is 2^64, as a bignum",
    ),
    Attack(
        of="bignum",
        name="small bignum",
        step="claims",
        token=_exp(b"\xc2\x44" + (AT + 300).to_bytes(4)),
        attack="the right exp, as a bignum",
    ),
    Attack(
        of="tag 1",
        name="tag 1",
        step="claims",
        token=_exp(b"\xc1" + encode(AT + 300)),
        attack="the right exp, under the tag of epoch times",
    ),
    Attack(
        of="text",
        name="text",
        step="claims",
        token=_exp(encode(str(AT + 300))),
        attack="the right exp, as text",
    ),
    Attack(of="boolean", name="true", step="claims", token=_exp(b"\xf5"), attack="exp is true"),
    Attack(of="boolean", name="null", step="claims", token=_exp(b"\xf6"), attack="exp is null"),
    Attack(
        of="exp missing",
        name="missing",
        step="claims",
        token=_claims({}, without={4}),
        attack="no exp",
    ),
    Attack(
        of="exp missing",
        name="expired",
        step="times",
        token=_claims({4: AT - 60, 6: AT - 360}),
        attack="exp, and the skew, have passed",
    ),
    Attack(
        of="exp missing",
        name="too long a life",
        step="times",
        token=_claims({4: AT + 301}),
        attack="a longer life than is granted",
    ),
    Attack(
        of="exp missing",
        name="far away",
        step="claims",
        token=_claims({4: 1 << 40}),
        attack="exp beyond any time there is",
    ),
    Attack(
        of="nbf or iat beyond skew",
        name="iat",
        step="times",
        token=_claims({6: AT + 61, 4: AT + 361}),
        attack="issued beyond the skew from now",
    ),
    Attack(
        of="nbf or iat beyond skew",
        name="nbf",
        step="claims",
        token=_claims({5: AT + 61}),
        attack="not to be used yet, in a claim we do not take",
    ),
    Attack(
        of="nbf or iat beyond skew",
        name="iat missing",
        step="claims",
        token=_claims({}, without={6}),
        attack="no iat",
    ),
    Attack(
        of="aud as array",
        name="array",
        step="claims",
        token=_claims({3: [GX]}),
        attack="the right audience in an array",
    ),
    Attack(
        of="aud as array",
        name="two",
        step="claims",
        token=_claims({3: [GD, GX]}),
        attack="two audiences",
    ),
    Attack(
        of="prefix",
        name="prefix",
        step="audience",
        token=_claims({3: "CN-G"}),
        attack="the beginning of our name",
    ),
    Attack(
        of="prefix",
        name="longer",
        step="audience",
        token=_claims({3: "CN-GX-1"}),
        attack="our name is its beginning",
    ),
    Attack(
        of="prefix",
        name="zero byte",
        step="audience",
        token=_claims({3: "CN-GX\0"}),
        attack="our name and a zero",
    ),
    Attack(
        of="other case",
        name="lower case",
        step="audience",
        token=_claims({3: "cn-gx"}),
        attack="our name in another case",
    ),
    Attack(
        of="other case",
        name="full width",
        step="audience",
        token=_claims({3: "ＣＮ-ＧＸ"}),
        attack="our name in characters that look alike",
    ),
    Attack(
        of="other case",
        name="another",
        step="audience",
        token=_claims({3: "CN-HN"}),
        attack="meant for another region",
    ),
    Attack(
        of="a request offered as an assertion",
        name="request",
        on="assertion",
        step="typ",
        token=GOOD_REQUEST,
        attack="a good request where an assertion is taken",
    ),
    Attack(
        of="a request offered as an assertion",
        name="assertion",
        step="typ",
        token=GOOD_ASSERTION,
        attack="a good assertion where a request is taken",
    ),
    Attack(
        of="a request offered as an assertion",
        name="by its typ alone",
        on="assertion",
        step="claims",
        token=envelope(encode(ASSERTION_HEADERS), encode(REQUEST_CLAIMS), ANSWERING),
        attack="the claims of a request under the typ of an assertion",
    ),
    Attack(
        of="other purpose",
        name="purpose",
        on="assertion",
        step="echo",
        token=_answer({-70002: "company-registration"}),
        attack="an answer for another purpose",
    ),
    Attack(
        of="other case",
        name="another's case",
        on="assertion",
        step="echo",
        token=_answer({-70001: b"\1" * 32}),
        attack="an answer for another case",
    ),
    Attack(
        of="other nonce",
        name="nonce",
        on="assertion",
        step="echo",
        token=_answer({10: b"m" * 16}),
        attack="an answer to another nonce",
    ),
    Attack(
        of="other nonce",
        name="request",
        on="assertion",
        step="echo",
        token=_answer({-70003: b"\1" * 32}),
        attack="an answer to another request",
    ),
    Attack(
        of="other nonce",
        name="fields",
        on="assertion",
        step="echo",
        token=_answer({-70004: ["match", {"name_zh": "match"}, 2, "register", AT, AT]}),
        attack="an answer to fewer fields than were asked",
    ),
    Attack(
        of="other nonce",
        name="audience",
        on="assertion",
        step="audience",
        token=_answer({3: "CN-HN"}),
        attack="an answer to another region",
    ),
]
