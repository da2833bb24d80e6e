"""Tokens of independent libraries are verified here, and ours by them, made afresh.

`make interop` builds what this needs; without it these are not collected (conftest.py).
"""

from datetime import UTC, datetime

import pytest

from cose import EDDSA_DEPRECATED, sign1
from identity import ASSERTION
from identity.claimset import encode_claims
from tests.interop.libraries import (
    ISSUER,
    LIBRARIES,
    SIGNERS,
    assertion,
    check,
    is_installed,
    make,
)
from tests.interop.test_interop import verify


@pytest.fixture(params=[library for library in LIBRARIES if is_installed(library)])
def library(request):
    return request.param


def test_what_another_library_makes_now_is_verified(library):
    at = datetime.now(UTC).replace(microsecond=0)

    for algorithm, token in make(library, at).items():
        assert verify(token, algorithm, at) == assertion(at)


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
