"""The outside of a token: one COSE_Sign1 of the kind asked for, and its signature.

What is inside may be read before the signature is checked, to find the key it names;
nothing of it counts until then.
"""

from cose import CoseError, KeyRecord, Sign1
from identity.errors import TokenRefused


def parsed(token: bytes, typ: str, *, limit: int) -> Sign1:
    """Return the envelope (RFC 9052, 4.2) of a `typ` (RFC 9596, 2), or raise `TokenRefused`."""
    try:
        envelope = Sign1.parse(token, limit=limit)
    except CoseError as error:
        raise TokenRefused(f"envelope: {error}") from error
    if envelope.typ != typ:
        raise TokenRefused("typ: another kind of token")
    return envelope


def check_signature(envelope: Sign1, record: KeyRecord) -> None:
    """Raise `TokenRefused` unless `record` signed headers and payload (RFC 9052, 4.4)."""
    try:
        envelope.verify(record)
    except CoseError as error:
        raise TokenRefused(f"signature: {error}") from error
