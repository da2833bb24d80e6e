"""The simulator's certification authority, and the signatures it makes for residents.

Real RSA signatures by made-up people under an authority that calls itself simulated;
its certificate is served, so that a service can be told to trust no other.
"""

from base64 import b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from adapters.hk.simulator.people import Resident

LIFE = timedelta(days=30)
AUTHORITY = "iAM Smart SIMULATOR authority"


class Signatory:
    """Signs for whoever agreed to; its keys are made when the first signature is."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    def authority(self) -> bytes:
        """Return the authority's certificate as PEM."""
        return self._authority.public_bytes(Encoding.PEM)

    def sign(self, resident: Resident, digest: bytes) -> tuple[str, str]:
        """Return a signature over the document of this SHA-256 and a certificate, in Base64."""
        signature = self._key.sign(digest, padding.PKCS1v15(), Prehashed(SHA256()))
        certificate = self._certificate(f"SIMULATED {resident.key}", self._key.public_key())
        der = certificate.public_bytes(Encoding.DER)
        return b64encode(signature).decode(), b64encode(der).decode()

    @cached_property
    def _authority_key(self) -> ec.EllipticCurvePrivateKey:
        return ec.generate_private_key(ec.SECP256R1())

    @cached_property
    def _authority(self) -> x509.Certificate:
        return self._certificate(AUTHORITY, self._authority_key.public_key())

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def _certificate(
        self, name: str, key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey
    ) -> x509.Certificate:
        now = self._clock()
        return (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(_name(AUTHORITY))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - LIFE)
            .not_valid_after(now + LIFE)
            .sign(self._authority_key, SHA256())
        )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])
