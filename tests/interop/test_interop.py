"""Tokens of independent libraries are verified here, and ours by them.

Theirs are kept in `golden.json`, so that they are verified in every run; where
`make interop` has built their environments, both directions run afresh.
"""

import json
from datetime import UTC, datetime

import pytest

from cose import EDDSA_DEPRECATED, Sign1, sign1
from identity import ASSERTION, Trust, Verifier
from identity.claimset import encode_claims
from identity.errors import TokenRefused
from tests.interop.libraries import (
    AUDIENCE,
    GOLDEN,
    GOLDEN_AT,
    ISSUER,
    LIBRARIES,
    SIGNERS,
    assertion,
    check,
    is_installed,
    make,
    record,
)

GOLDEN_TOKENS = [
    pytest.param(int(number), bytes.fromhex(token), id=f"{library} {number}")
    for library, tokens in json.loads(GOLDEN.read_text()).items()
    for number, token in tokens.items()
]


@pytest.fixture(params=LIBRARIES)
def library(request):
    if not is_installed(request.param):
        pytest.skip(f"no environment for {request.param}: make interop")
    return request.param


def _verify(token, algorithm, at):
    trust = Trust({ISSUER: [record(algorithm, at)]})
    return Verifier(trust, AUDIENCE).verify(token, ASSERTION, now=at).claims


@pytest.mark.parametrize(("algorithm", "token"), GOLDEN_TOKENS)
def test_a_token_that_another_library_made_is_verified(algorithm, token):
    assert _verify(token, algorithm, GOLDEN_AT) == assertion(GOLDEN_AT)


@pytest.mark.parametrize(("algorithm", "token"), GOLDEN_TOKENS)
def test_a_token_that_another_library_made_counts_under_no_other_algorithm(algorithm, token):
    for other in SIGNERS.keys() - {algorithm}:
        with pytest.raises(TokenRefused, match=r"trust|signature"):
            _verify(token, other, GOLDEN_AT)


@pytest.mark.parametrize(("algorithm", "token"), GOLDEN_TOKENS)
def test_a_token_that_another_library_made_is_ours_byte_for_byte(algorithm, token):
    ours = sign1(
        SIGNERS[algorithm], typ=ASSERTION.typ, payload=encode_claims(assertion(GOLDEN_AT))
    )

    # A signature over P-256 is another one each time; what it covers is not.
    assert ours[:-64] == token[:-64]
    assert Sign1.parse(ours).headers == Sign1.parse(token).headers


def test_what_another_library_makes_now_is_verified(library):
    at = datetime.now(UTC).replace(microsecond=0)

    for algorithm, token in make(library, at).items():
        assert _verify(token, algorithm, at) == assertion(at)


def test_what_is_issued_here_is_verified_by_another_library(library):
    at = datetime.now(UTC).replace(microsecond=0)
    payload = encode_claims(assertion(at))
    ours = {
        n: sign1(SIGNERS[n], typ=ASSERTION.typ, payload=payload) for n in LIBRARIES[library]
    }

    for told in check(library, ours):
        assert told["payload"] == payload.hex()
        assert told.get("issuer", ISSUER) == ISSUER


def test_another_library_refuses_what_was_changed_on_the_way(library):
    at = datetime.now(UTC).replace(microsecond=0)
    payload = encode_claims(assertion(at))
    token = sign1(SIGNERS[EDDSA_DEPRECATED], typ=ASSERTION.typ, payload=payload)
    changed = token[:-1] + bytes([token[-1] ^ 1])

    (told,) = check(library, {EDDSA_DEPRECATED: changed})

    assert "refused" in told
