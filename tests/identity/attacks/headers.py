"""Attacks by headers: another algorithm, another key, or something only half covered."""

import hmac

from cose import encode, kid_of
from identity import ASSERTION
from tests.identity.attacks.parties import (
    ANSWERING,
    ASKING,
    GOOD_REQUEST,
    REQUEST_CLAIMS,
    REQUEST_HEADERS,
    STRANGER,
)
from tests.identity.attacks.raw import Attack, envelope

_PAYLOAD = encode(REQUEST_CLAIMS)
_PROTECTED = encode(REQUEST_HEADERS)


def _headers(changes=None, *, without=(), unprotected=None, signer=ASKING, signature=None):
    told = {k: v for k, v in {**REQUEST_HEADERS, **(changes or {})}.items() if k not in without}
    return envelope(
        encode(told),
        _PAYLOAD,
        signer,
        unprotected=encode(unprotected or {}),
        signature=signature,
    )


def _mac() -> bytes:
    """Return a token with a MAC whose key is the public key, which everyone has."""
    headers = encode({**REQUEST_HEADERS, 1: 5})
    message = encode(["Signature1", headers, b"", _PAYLOAD])
    tag = hmac.digest(ASKING.public_key, message, "sha256")
    return envelope(headers, _PAYLOAD, ASKING, signature=tag)


_DIFFERS = "alg and key that differ"

ATTACKS = [
    Attack(
        of="alg only unprotected",
        name="alg unprotected",
        step="envelope",
        token=_headers(without={1}, unprotected={1: -19}),
        attack="alg where the signature does not cover it",
    ),
    Attack(
        of="two algs",
        name="none beside it",
        step="envelope",
        token=_headers(unprotected={1: 0}),
        attack="a second alg, unprotected",
    ),
    Attack(
        of="two algs",
        name="the same beside it",
        step="envelope",
        token=_headers(unprotected={1: -19}),
        attack="the same alg once more, unprotected",
    ),
    Attack(
        of=_DIFFERS,
        name="ESP256",
        step="signature",
        token=_headers({1: -9}),
        attack="alg ESP256 over a key recorded for Ed25519",
    ),
    Attack(
        of=_DIFFERS,
        name="ES256",
        step="signature",
        token=_headers({1: -7}),
        attack="alg ES256 over a key recorded for Ed25519",
    ),
    Attack(
        of=_DIFFERS,
        name="Ed448",
        step="signature",
        token=_headers({1: -53}),
        attack="alg Ed448 over a key recorded for Ed25519",
    ),
    Attack(
        of=_DIFFERS,
        name="EdDSA",
        step="signature",
        token=_headers({1: -8}),
        attack="the deprecated -8 where the key's record says -19",
    ),
    Attack(
        of=_DIFFERS,
        name="no alg at all",
        step="signature",
        token=_headers({1: 0}),
        attack="alg 0, which is reserved",
    ),
    Attack(
        of=_DIFFERS,
        name="HMAC over the public key",
        step="signature",
        token=_mac(),
        attack="alg HS256, with a MAC whose key is the public key",
    ),
    Attack(
        of="alg as text",
        name="EdDSA",
        step="envelope",
        token=_headers({1: "EdDSA"}),
        attack="alg by its name",
    ),
    Attack(
        of="alg as text",
        name="-19",
        step="envelope",
        token=_headers({1: "-19"}),
        attack="the number of alg as text",
    ),
    Attack(
        of="alg as text",
        name="no alg",
        step="envelope",
        token=_headers(without={1}),
        attack="no alg",
    ),
    Attack(
        of="crit unknown",
        name="unknown",
        step="envelope",
        token=_headers({2: [-70999], -70999: 1}),
        attack="a critical label nobody knows",
    ),
    Attack(
        of="crit empty",
        name="empty",
        step="envelope",
        token=_headers({2: []}),
        attack="an empty list of critical labels",
    ),
    Attack(
        of="crit not an array",
        name="a number",
        step="envelope",
        token=_headers({2: 4}),
        attack="one critical label, not in an array",
    ),
    Attack(
        of="crit naming an absent label",
        name="absent",
        step="envelope",
        token=_headers({2: [5]}),
        attack="a critical label that is not there",
    ),
    Attack(
        of="kid wrong",
        name="wrong",
        step="trust",
        token=_headers({4: b"\0" * 8}),
        attack="a kid of no key",
    ),
    Attack(
        of="kid wrong",
        name="a stranger's",
        step="trust",
        token=_headers({4: kid_of(STRANGER.public_key)}, signer=STRANGER),
        attack="a stranger signs, and names their own key",
    ),
    Attack(
        of="kid wrong",
        name="a stranger under it",
        step="signature",
        token=_headers(signer=STRANGER),
        attack="a stranger signs, and names the right key",
    ),
    Attack(
        of="kid absent",
        name="absent",
        step="envelope",
        token=_headers(without={4}),
        attack="no kid",
    ),
    Attack(
        of="kid absent",
        name="unprotected",
        step="envelope",
        token=_headers(without={4}, unprotected={4: REQUEST_HEADERS[4]}),
        attack="the kid where the signature does not cover it",
    ),
    Attack(
        of="another issuer's",
        name="another region's key",
        step="trust",
        token=_headers({4: kid_of(ANSWERING.public_key)}, signer=ANSWERING),
        attack="CN-GX signs as CN-GD, with its own good key",
    ),
    Attack(
        of="kid of another length",
        name="seven bytes",
        step="envelope",
        token=_headers({4: REQUEST_HEADERS[4][:7]}),
        attack="a kid cut short",
    ),
    Attack(
        of="kid of another length",
        name="nine bytes",
        step="envelope",
        token=_headers({4: REQUEST_HEADERS[4] + b"\0"}),
        attack="a kid with a byte more",
    ),
    Attack(
        of="kid of another length",
        name="empty",
        step="envelope",
        token=_headers({4: b""}),
        attack="an empty kid",
    ),
    Attack(
        of="kid of another length",
        name="a path",
        step="envelope",
        token=_headers({4: "../../keys"}),
        attack="a path as kid",
    ),
    Attack(
        of="kid of another length",
        name="sql",
        step="envelope",
        token=_headers({4: b"' OR 1=1"[:7] + b"--"}),
        attack="SQL as kid",
    ),
    Attack(
        of="injected unprotected labels",
        name="a key",
        step="envelope",
        token=_headers(unprotected={-70999: ASKING.public_key}),
        attack="a private label, unprotected",
    ),
    Attack(
        of="injected unprotected labels",
        name="x5u",
        step="envelope",
        token=_headers(unprotected={35: "https://evil.example/key"}),
        attack="where to fetch a key, unprotected",
    ),
    Attack(
        of="injected unprotected labels",
        name="typ",
        step="envelope",
        token=_headers(unprotected={16: ASSERTION.typ}),
        attack="another typ, unprotected",
    ),
    Attack(
        of="injected unprotected labels",
        name="an array",
        step="envelope",
        token=GOOD_REQUEST.replace(_PROTECTED + b"\xa0", _PROTECTED + b"\x80", 1),
        attack="an array where unprotected headers stand",
    ),
    Attack(
        of="injected unprotected labels",
        name="jwk",
        step="envelope",
        token=_headers({-1: ASKING.public_key}),
        attack="a key of its own, protected",
    ),
]
