"""What can be wrong with bytes that claim to be CBOR, COSE or a key.

The class says which step refused; the message is for our own operators and
never holds a key, a signature or a payload.
"""


class CoseError(Exception):
    """The root: these bytes are not what they claim to be."""


class CborRefused(CoseError):
    """Not one deterministic CBOR item within its limits, or a value that has no such form."""


class KeyRefused(CoseError):
    """Not a key we may trust: wrong length, wrong curve, or a point of small order."""


class EnvelopeRefused(CoseError):
    """Not the one COSE_Sign1 we speak: its structure or its headers differ."""


class SignatureRefused(CoseError):
    """Not signed by this key, under the algorithm that key is recorded with."""
