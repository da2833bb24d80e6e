"""Tokens that independent libraries made, kept in `golden.json`, are verified here."""

import json

import pytest

from cose import Sign1, sign1
from identity import ASSERTION, Trust, Verifier
from identity.claimset import encode_claims
from identity.errors import TokenRefused
from tests.interop.libraries import (
    AUDIENCE,
    GOLDEN,
    GOLDEN_AT,
    ISSUER,
    SIGNERS,
    assertion,
    record,
)

GOLDEN_TOKENS = [
    pytest.param(int(number), bytes.fromhex(token), id=f"{library} {number}")
    for library, tokens in json.loads(GOLDEN.read_text()).items()
    for number, token in tokens.items()
]


def verify(token, algorithm, at):
    """What a token says to us, under a key of this algorithm."""
    trust = Trust({ISSUER: [record(algorithm, at)]})
    return Verifier(trust, AUDIENCE).verify(token, ASSERTION, now=at).claims


@pytest.mark.parametrize(("algorithm", "token"), GOLDEN_TOKENS)
def test_a_token_that_another_library_made_is_verified(algorithm, token):
    assert verify(token, algorithm, GOLDEN_AT) == assertion(GOLDEN_AT)


@pytest.mark.parametrize(("algorithm", "token"), GOLDEN_TOKENS)
def test_a_token_that_another_library_made_counts_under_no_other_algorithm(algorithm, token):
    for other in SIGNERS.keys() - {algorithm}:
        with pytest.raises(TokenRefused, match=r"trust|signature"):
            verify(token, other, GOLDEN_AT)


@pytest.mark.parametrize(("algorithm", "token"), GOLDEN_TOKENS)
def test_a_token_that_another_library_made_is_ours_byte_for_byte(algorithm, token):
    ours = sign1(
        SIGNERS[algorithm], typ=ASSERTION.typ, payload=encode_claims(assertion(GOLDEN_AT))
    )

    # A signature over P-256 is another one each time; what it covers is not.
    assert ours[:-64] == token[:-64]
    assert Sign1.parse(ours).headers == Sign1.parse(token).headers
