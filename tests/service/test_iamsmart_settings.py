"""What an operator says of iAM Smart, and what of it is refused at the start."""

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from adapters.hk import Options, RsaPadding
from ledger.errors import HomeUnusable
from service.settings import settings_from


@pytest.fixture(scope="module")
def key():
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture
def environ(tmp_path, key):
    files = {
        "key.pem": key,
        "secret": b"from a file\n",
        "options.json": b"{}",
        "issuers.pem": b"",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return {
        "TONGBAN_IAMSMART_URL": "https://iamsmart.example",
        "TONGBAN_IAMSMART_CLIENT_ID": "tongban",
        "TONGBAN_IAMSMART_SECRET_FILE": str(tmp_path / "secret"),
        "TONGBAN_IAMSMART_KEY_FILE": str(tmp_path / "key.pem"),
        "TONGBAN_IAMSMART_OPTIONS": str(tmp_path / "options.json"),
        "TONGBAN_IAMSMART_ISSUERS": str(tmp_path / "issuers.pem"),
    }


def read(environ, tmp_path):
    return settings_from(environ, tmp_path).iamsmart


def test_secrets_come_from_files_and_show_nowhere(environ, tmp_path, key):
    iamsmart = read(environ, tmp_path)

    assert (iamsmart.secret, iamsmart.private_key) == ("from a file", key)
    shown = repr(settings_from(environ, tmp_path))
    assert "from a file" not in shown
    assert "PRIVATE" not in shown


def test_where_no_options_are_named_they_are_as_they_are(environ, tmp_path):
    del environ["TONGBAN_IAMSMART_OPTIONS"]

    assert read(environ, tmp_path).options == Options()


def test_options_are_read_from_their_file(environ, tmp_path):
    (tmp_path / "options.json").write_text('{"rsa_padding": "pkcs1v15"}')

    assert read(environ, tmp_path).options.rsa_padding is RsaPadding.PKCS1V15


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("options.json", b'{"rsa_paddding": "pkcs1v15"}', "rsa_paddding"),
        ("options.json", b"rsa_padding=pkcs1v15", "options do not fit"),
        ("key.pem", b"from a file", "not an unencrypted PEM"),
        ("issuers.pem", b"from a file", "PEM"),
    ],
)
def test_a_file_that_does_not_hold_is_named_at_the_start(
    environ, tmp_path, file, content, reason
):
    (tmp_path / file).write_bytes(content)

    with pytest.raises(HomeUnusable, match=reason):
        read(environ, tmp_path)


@pytest.mark.parametrize("name", ["CLIENT_ID", "SECRET_FILE", "KEY_FILE"])
def test_what_is_missing_is_named(environ, tmp_path, name):
    del environ[f"TONGBAN_IAMSMART_{name}"]

    with pytest.raises(
        HomeUnusable, match=f"set TONGBAN_IAMSMART_{name.removesuffix('_FILE')}"
    ):
        read(environ, tmp_path)
