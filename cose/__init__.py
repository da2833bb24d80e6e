"""Strict CBOR, COSE_Sign1, keys and the signing port; imports nothing of ours."""

from cose.algorithms import EC2, OKP, Algorithm, Verify, algorithm_of, register
from cose.cbor import decode, decode_trusted, encode
from cose.ed25519 import ED25519, EDDSA_DEPRECATED, Ed25519Signer, verify_ed25519
from cose.errors import (
    CborRefused,
    CoseError,
    EnvelopeRefused,
    KeyRefused,
    SignatureRefused,
)
from cose.esp256 import ESP256, Esp256Signer
from cose.key_format import decode_key_set, encode_key_set
from cose.keys import KeyRecord, kid_of, screen, thumbprint
from cose.sign1 import TOKEN_LIMIT, Sign1, sign1
from cose.signing import Signer
from cose.x25519 import SEALED_BOX

__all__ = [
    "EC2",
    "ED25519",
    "EDDSA_DEPRECATED",
    "ESP256",
    "OKP",
    "SEALED_BOX",
    "TOKEN_LIMIT",
    "Algorithm",
    "CborRefused",
    "CoseError",
    "Ed25519Signer",
    "EnvelopeRefused",
    "Esp256Signer",
    "KeyRecord",
    "KeyRefused",
    "Sign1",
    "SignatureRefused",
    "Signer",
    "Verify",
    "algorithm_of",
    "decode",
    "decode_key_set",
    "decode_trusted",
    "encode",
    "encode_key_set",
    "kid_of",
    "register",
    "screen",
    "sign1",
    "thumbprint",
    "verify_ed25519",
]
