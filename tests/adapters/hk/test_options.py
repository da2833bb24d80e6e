import msgspec
import pytest

from adapters.hk import Options, RsaPadding, read_options
from adapters.hk.options import Entry
from identity.model import Scope


def test_an_empty_file_changes_nothing():
    assert read_options(b"{}") == Options()


def test_what_a_file_names_is_changed_and_nothing_else():
    options = read_options(b'{"rsa_padding": "pkcs1v15", "entry": "app"}')

    changed = msgspec.structs.replace(
        Options(), rsa_padding=RsaPadding.PKCS1V15, entry=Entry.APP
    )
    assert options == changed


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b'{"rsa_paddding": "pkcs1v15"}',
        b'{"rsa_padding": "none"}',
        b'{"scopes": {"profile": "eidapi_auth"}}',
        b'{"app_paths": {}}',
        b'{"total_seconds": 0}',
        b'{"total_seconds": 61}',
        b'{"connect_seconds": 11}',
        b'{"stale_key_codes": "D20005"}',
    ],
)
def test_options_that_do_not_fit_are_refused(text):
    with pytest.raises(ValueError, match="options do not fit"):
        read_options(text)


def test_every_purpose_has_a_scope_and_a_place_in_the_app():
    options = Options()

    assert set(options.scopes) == set(options.app_paths) == set(Scope)
    assert all("eidapi_auth" in scope.split() for scope in options.scopes.values())
