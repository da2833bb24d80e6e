"""Every byte of every good token, changed in every way: none is taken for another."""

import base45  # type: ignore[import-untyped]
import pytest

from cose import decode_key_set
from identity.errors import TokenRefused
from identity.paper import PREFIX, read_code
from identity.session import read_session
from identity.trust import decode_keys
from tests.identity import test_key_set, test_paper, test_session
from tests.identity.attacks.made import GOOD
from tests.identity.attacks.parties import KEY_SET
from tests.identity.attacks.test_attacks import take
from tests.identity.regions import NOW

# Much of the same: what it passes through is covered by others.
pytestmark = pytest.mark.no_cover

SESSION_TOKEN = test_session.BEARER
CODE = base45.b45decode(test_paper.WRITTEN.removeprefix(PREFIX))
SIGNED = sorted(GOOD.keys() - {"key set"})


def mutations(token):
    """Yield `token` with one byte replaced by each other that differs in one bit, or all."""
    for place in range(len(token)):
        for mask in (1, 2, 4, 8, 16, 32, 64, 128, 255):
            yield token[:place] + bytes([token[place] ^ mask]) + token[place + 1 :]


def taken(tokens, read):
    """Return those that were taken; anything but a refusal fails the test by itself."""
    found = []
    for token in tokens:
        try:
            read(token)
        except TokenRefused:
            continue
        found.append(token)
    return found


@pytest.mark.parametrize("on", SIGNED)
def test_no_changed_byte_of_a_signed_token_is_taken(on):
    assert taken(mutations(GOOD[on]), lambda token: take(token, on)) == []


@pytest.mark.parametrize("on", SIGNED)
def test_no_shorter_or_longer_token_is_taken(on):
    token = GOOD[on]
    cut = [token[:size] for size in range(len(token))]
    grown = [token + bytes([byte]) for byte in range(256)]

    assert taken(cut + grown, lambda token: take(token, on)) == []


def test_no_changed_character_of_a_session_is_taken():
    others = [
        SESSION_TOKEN[:place] + character + SESSION_TOKEN[place + 1 :]
        for place in range(len(SESSION_TOKEN))
        for character in "AQgw_-9z=+/ \n"
        if character != SESSION_TOKEN[place]
    ]

    assert taken(others, lambda text: read_session(text, test_session.VERIFIER, now=NOW)) == []


def test_no_changed_byte_of_a_code_is_taken():
    written = [PREFIX + base45.b45encode(each).decode() for each in mutations(CODE)]

    assert taken(written, lambda each: read_code(each, test_paper.TRUST, now=NOW)) == []


def test_no_changed_character_of_a_code_is_taken():
    good = test_paper.WRITTEN
    others = [
        good[:place] + character + good[place + 1 :]
        for place in range(len(good))
        for character in "0AZ $%*+-./:é"
        if character != good[place]
    ]

    assert taken(others, lambda each: read_code(each, test_paper.TRUST, now=NOW)) == []


def test_no_changed_byte_of_a_signed_key_set_is_taken():
    assert taken(mutations(test_key_set.TOKEN), test_key_set.read) == []


def test_a_changed_byte_of_a_bare_key_set_never_makes_another_key_of_the_same_kid():
    """A bare set is not signed: what it says is believed only under a compared fingerprint."""
    known = {record.kid: record.public_key for record in decode_key_set(KEY_SET)}

    for changed in mutations(KEY_SET):
        try:
            records = decode_keys(changed)
        except TokenRefused:
            continue
        assert all(known.get(each.kid) == each.public_key for each in records)
