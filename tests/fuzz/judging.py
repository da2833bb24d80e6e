"""What has to hold of every token, however it was made.

It is refused with `TokenRefused` and no other error, soon; or it is one that has
one reading: what was read, written again, is the same bytes, and nothing that is
not signed was ever taken.
"""

from time import perf_counter

import cbor2

from identity.claimset import encode_claims
from identity.errors import TokenRefused
from identity.verifier import Verified
from tests.fuzz.bending import Bent
from tests.identity.attacks.made import GOOD
from tests.identity.attacks.test_attacks import take

SLOW = 1.0


def judge(bent: Bent) -> bool:
    """Say whether `bent` was taken; raises `AssertionError` if anything is wrong with that."""
    began = perf_counter()
    try:
        found = take(bent.token, bent.on)
    except TokenRefused:
        found = None
    assert perf_counter() - began < SLOW, f"slow: {bent.token.hex()}"
    if found is None:
        return False
    assert bent.is_signed or bent.token == GOOD[bent.on], f"taken: {bent.token.hex()}"
    if isinstance(found, Verified):
        payload = cbor2.loads(bent.token).value[2]
        assert encode_claims(found.claims) == payload, f"two readings: {bent.token.hex()}"
    return True
