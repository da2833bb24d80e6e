"""Signatures over our digest: what is taken, and each way in which one is none."""

from base64 import b64decode
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from adapters.hk.options import Covers, HashCode
from adapters.hk.signature import check_signature, issuers_from, read_digest, write_digest
from adapters.hk.simulator import RESIDENTS
from adapters.hk.simulator.signatory import Signatory
from adapters.hk.wire import WireError
from tests.adapters.hk.answering import NOON
from tests.adapters.hk.conftest import Clock

DIGEST = bytes(range(32))
HASH_CODE = write_digest(DIGEST, HashCode.BASE64)


@pytest.fixture(scope="module")
def signatory():
    return Signatory(Clock())


@pytest.fixture(scope="module")
def signed(signatory):
    signature, certificate = signatory.sign(RESIDENTS["chan"], DIGEST)
    return b64decode(signature), b64decode(certificate)


@pytest.fixture(scope="module")
def issuers(signatory):
    return issuers_from(signatory.authority())


def check(signed, issuers, *, digest=DIGEST, covers=Covers.DOCUMENT, now=NOON):
    signature, certificate = signed
    check_signature(
        signature,
        certificate,
        write_digest(digest, HashCode.BASE64),
        digest=digest,
        covers=covers,
        issuers=issuers,
        now=now,
    )


def certified(key):
    """Return a certificate that `key` made for itself."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "SIMULATED nobody")])
    builder = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=1,
        not_valid_before=NOON - timedelta(days=1),
        not_valid_after=NOON + timedelta(days=1),
    )
    algorithm = None if isinstance(key, Ed25519PrivateKey) else SHA256()
    return builder.sign(key, algorithm).public_bytes(Encoding.DER)


def test_a_signature_by_somebody_certified_is_taken(signed, issuers):
    check(signed, issuers)


def test_without_issuers_any_certificate_is_taken_for_what_it_says(signed):
    check(signed, ())


def test_a_signature_may_cover_the_hash_code_once_more(rsa_key):
    signature = rsa_key.sign(HASH_CODE.encode(), padding.PKCS1v15(), SHA256())
    given = (signature, certified(rsa_key))

    check(given, (), covers=Covers.HASH_CODE)
    with pytest.raises(WireError, match="does not match"):
        check(given, ())


def test_a_signature_over_the_document_is_none_over_its_hash_code(signed, issuers):
    with pytest.raises(WireError, match="does not match"):
        check(signed, issuers, covers=Covers.HASH_CODE)


def test_a_signature_over_another_digest_is_refused(signed, issuers):
    with pytest.raises(WireError, match="does not match"):
        check(signed, issuers, digest=DIGEST[::-1])


@given(st.integers(0, 256 * 8 - 1))
def test_a_signature_changed_by_one_bit_is_refused(signed, issuers, bit):
    signature, certificate = signed
    changed = bytearray(signature)
    changed[bit // 8] ^= 1 << bit % 8

    with pytest.raises(WireError, match="does not match"):
        check((bytes(changed), certificate), issuers)


# A negative serial number only warns, so far.
@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
@given(st.data())
def test_a_certificate_changed_by_one_bit_is_refused(signed, issuers, data):
    signature, certificate = signed
    bit = data.draw(st.integers(0, len(certificate) * 8 - 1))
    changed = bytearray(certificate)
    changed[bit // 8] ^= 1 << bit % 8

    with pytest.raises(WireError):
        check((signature, bytes(changed)), issuers)


@pytest.mark.parametrize("certificate", [b"", b"\x30\x00", b"-----BEGIN CERTIFICATE-----"])
def test_what_is_no_certificate_is_refused(signed, issuers, certificate):
    with pytest.raises(WireError, match="cannot be read"):
        check((signed[0], certificate), issuers)


@pytest.mark.parametrize("days", [-31, 31])
def test_a_certificate_counts_only_while_it_holds(signed, issuers, days):
    with pytest.raises(WireError, match="does not hold now"):
        check(signed, issuers, now=NOON + timedelta(days=days))


def test_somebody_certified_by_themselves_is_refused(rsa_key, issuers):
    signature = rsa_key.sign(DIGEST, padding.PKCS1v15(), SHA256())

    with pytest.raises(WireError, match="nobody we trust"):
        check((signature, certified(rsa_key)), issuers)


def test_an_authority_of_the_same_name_is_another(signed, other_authority):
    with pytest.raises(WireError, match="nobody we trust"):
        check(signed, issuers_from(other_authority))


def test_an_issuer_counts_only_while_it_holds(signatory, signed):
    later = Clock()
    later.advance(days=45)
    new = Signatory(later)
    signature, certificate = map(b64decode, new.sign(RESIDENTS["chan"], DIGEST))

    check((signature, certificate), issuers_from(new.authority()), now=later.now)
    with pytest.raises(WireError, match="nobody we trust"):
        check((signature, certificate), issuers_from(signatory.authority()), now=later.now)


def test_an_issuer_of_a_kind_that_certifies_nobody_here_is_no_issuer(signed):
    odd = x509.load_der_x509_certificate(certified(Ed25519PrivateKey.generate()))

    with pytest.raises(WireError, match="nobody we trust"):
        check(signed, (odd,))


@pytest.mark.parametrize(
    "key", [ec.generate_private_key(ec.SECP256R1()), Ed25519PrivateKey.generate()]
)
def test_a_key_of_another_kind_is_refused(key):
    with pytest.raises(WireError, match="not an RSA key"):
        check((b"", certified(key)), ())


def test_one_of_several_issuers_is_enough(signed, signatory, other_authority):
    check(signed, issuers_from(other_authority + signatory.authority()))


def test_no_issuers_are_none_and_what_is_no_certificate_is_refused():
    assert issuers_from(b" \n") == ()
    with pytest.raises(ValueError, match="PEM"):
        issuers_from(b"none")


@pytest.mark.parametrize("form", HashCode)
def test_a_digest_is_read_as_it_was_written(form):
    assert read_digest(write_digest(DIGEST, form), form) == DIGEST


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("", HashCode.BASE64),
        ("AAAA", HashCode.BASE64),
        (DIGEST.hex(), HashCode.BASE64),
        (HASH_CODE[:-2] + "9=", HashCode.BASE64),
        (HASH_CODE, HashCode.HEX),
        (DIGEST.hex().upper(), HashCode.HEX),
        (DIGEST.hex(" "), HashCode.HEX),
        (DIGEST.hex()[:-2], HashCode.HEX),
    ],
)
def test_a_digest_has_one_text(text, form):
    with pytest.raises(WireError):
        read_digest(text, form)
