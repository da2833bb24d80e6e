"""Strict CBOR, COSE_Sign1, keys and the signing port; imports nothing of ours."""

from cose.cbor import decode, decode_trusted, encode
from cose.errors import (
    CborRefused,
    CoseError,
    EnvelopeRefused,
    KeyRefused,
    SignatureRefused,
)
from cose.key_format import decode_key_set, encode_key_set
from cose.keys import SEALED_BOX, KeyRecord, kid_of, screen, thumbprint
from cose.sign1 import TOKEN_LIMIT, Sign1, sign1
from cose.signing import (
    ED25519,
    EDDSA_DEPRECATED,
    VERIFIERS,
    Ed25519Signer,
    Signer,
    Verifier,
    verify_ed25519,
)

__all__ = [
    "ED25519",
    "EDDSA_DEPRECATED",
    "SEALED_BOX",
    "TOKEN_LIMIT",
    "VERIFIERS",
    "CborRefused",
    "CoseError",
    "Ed25519Signer",
    "EnvelopeRefused",
    "KeyRecord",
    "KeyRefused",
    "Sign1",
    "SignatureRefused",
    "Signer",
    "Verifier",
    "decode",
    "decode_key_set",
    "decode_trusted",
    "encode",
    "encode_key_set",
    "kid_of",
    "screen",
    "sign1",
    "thumbprint",
    "verify_ed25519",
]
