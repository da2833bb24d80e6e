import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from tests.adapters.hk.conftest import changed, provider


@pytest.mark.parametrize(
    "url",
    ["https://iamsmart.example", "http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"],
)
def test_iam_smart_is_spoken_to_over_tls_or_on_this_machine(settings, url):
    assert changed(settings, base_url=url).base_url == url


@pytest.mark.parametrize(
    "url", ["http://iamsmart.example", "http://127.0.0.1.example", "ftp://127.0.0.1", ""]
)
def test_speaking_in_clear_to_anyone_else_is_refused(settings, url):
    with pytest.raises(ValueError, match="https"):
        changed(settings, base_url=url)


def test_a_private_key_that_is_none_is_refused(settings, session, clock):
    with pytest.raises(ValueError, match="PEM"):
        provider(session, clock, changed(settings, private_key=b"none"))


def test_a_private_key_of_another_kind_is_refused(settings, session, clock):
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )

    with pytest.raises(ValueError, match="RSA"):
        provider(session, clock, changed(settings, private_key=pem))
