"""A bundle is made from a home, and checked where there is nothing but the package."""

import json
import random
import subprocess

import pytest

from cose import encode, encode_key_set
from ledger.home import Home
from ledger.transparency import (
    BundleRefused,
    add_cosignatures,
    cosign,
    make_bundle,
    verify_bundle,
)
from ledger.transparency.note import Note
from terminal.proven import entry_shown
from tests.cli.logs import OURS
from tests.cli.submitting import served
from tests.commands import COMMAND, misused, printed, refused, told, tongban
from tests.ledger.fakes import Dice
from tests.ledger.transparency.logs import (
    ENTRY,
    HEAD,
    NOW,
    RECORDS,
    REGION,
    WITNESS_KEY,
    WITNESS_SIGNER,
    receipt,
)

# Much of the same: what it passes through is covered by others.
pytestmark = pytest.mark.no_cover


@pytest.fixture
def bundle(ours, tmp_path):
    path = tmp_path / "bundle.cbor"
    printed(ours, "bundle", OURS, 2, "-o", path)
    return path


@pytest.fixture
def keys(ours, bundle, tmp_path):
    """The log's keys, as they were had from elsewhere."""
    path = tmp_path / "keys"
    served_by = served(Home(ours, Dice()))
    path.write_bytes(encode_key_set(served_by.published.keys.records))
    served_by.close()
    return path


def test_a_bundle_tells_in_plain_words_what_it_proves(bundle, tmp_path):
    nowhere = tmp_path / "nowhere"

    said = printed(nowhere, "verify-bundle", bundle)

    assert f"case: {OURS}" in said
    assert "sealed" in said
    assert "It agrees with itself" in said
    assert not nowhere.exists()


def test_with_keys_from_elsewhere_it_is_trusted(bundle, keys, tmp_path):
    alone = told(tmp_path, "verify-bundle", bundle)
    compared = told(tmp_path, "verify-bundle", bundle, "--keys", keys)

    assert (alone["trusted"], compared["trusted"]) == (False, True)
    assert compared["entry"]["version"] == 2
    assert compared["size"] > 1
    assert "a key that you trust" in printed(tmp_path, "verify-bundle", bundle, "--keys", keys)


def test_another_log_s_keys_are_refused(bundle, tmp_path):
    other = tmp_path / "other"
    other.write_bytes(encode_key_set(RECORDS))

    assert "tongban: keys: other keys" in refused(
        tmp_path, "verify-bundle", bundle, "--keys", other
    )


def test_a_bundle_altered_in_one_bit_is_refused_with_the_check_that_failed(bundle, tmp_path):
    data, chosen = bundle.read_bytes(), random.Random(3)
    altered = tmp_path / "altered.cbor"
    for bit in chosen.sample(range(len(data) * 8), 25):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        altered.write_bytes(changed)

        said = refused(tmp_path, "verify-bundle", altered)

        check = said.removeprefix("tongban: ").partition(":")[0]
        assert check in ("form", "keys", "receipt", "checkpoint", "agreement", "digest")


def test_no_bit_of_a_bundle_can_be_altered(bundle):
    data = bytearray(bundle.read_bytes())
    for bit in range(len(data) * 8):
        data[bit // 8] ^= 1 << bit % 8
        with pytest.raises(BundleRefused):
            verify_bundle(bytes(data))
        data[bit // 8] ^= 1 << bit % 8


@pytest.mark.parametrize(
    ("part", "odd"),
    [
        (0, b"a name"),
        (2, None),
        (2, b"2"),
        (3, None),
        (6, [b"clerk", b"c", b"c", b"system", None]),
        (7, b"a law"),
        (10, b"somebody"),
        (11, {b"name": "value"}),
        (11, {"name": {b"name": "value"}}),
    ],
)
def test_an_entry_that_another_log_holds_in_an_odd_form_is_said_to_be_odd(part, odd):
    actor = ["clerk", "c-17", "c-17", "system", None]
    parts = ["a.thing_done.v1", OURS.bytes, 1, 0, 0, None, actor, None, None, None, None, {}]
    assert entry_shown(encode(parts))["case"] == str(OURS)
    parts[part] = odd

    with pytest.raises(BundleRefused, match="form that is not known"):
        entry_shown(encode(parts))


def test_a_bundle_is_checked_by_a_process_that_can_reach_nothing(bundle, tmp_path):
    done = subprocess.run(
        [*COMMAND, "verify-bundle", str(bundle), "--json"],
        cwd=tmp_path,
        env={"PATH": ""},
        capture_output=True,
        check=True,
    )

    assert json.loads(done.stdout)["entry"]["case"] == str(OURS)


def test_a_witness_that_was_named_has_to_have_cosigned(tmp_path):
    text = Note.parse(HEAD).text
    line = cosign(text, REGION, WITNESS_SIGNER, NOW).line.encode()
    plain, cosigned = tmp_path / "plain", tmp_path / "cosigned"
    given = {"entry": ENTRY, "receipt": receipt(), "keys": RECORDS}
    plain.write_bytes(make_bundle(**given, checkpoint=HEAD))
    head = add_cosignatures(HEAD, line, [WITNESS_KEY])
    cosigned.write_bytes(make_bundle(**given, checkpoint=head))

    asked = ["--witness", WITNESS_KEY.vkey]

    assert "witness: witness.example/w1 has not cosigned" in refused(
        tmp_path, "verify-bundle", plain, *asked
    )
    # Its entry is of no form of ours, which is told after all proofs held.
    assert "entry: proven, but" in refused(tmp_path, "verify-bundle", cosigned, *asked)


def test_a_version_that_there_is_not_has_no_bundle(ours, tmp_path):
    assert "no version 99" in refused(ours, "bundle", OURS, 99, "-o", tmp_path / "b")


@pytest.mark.parametrize("content", [b"", b"{}", b"\xa0", bytes(300_000)])
def test_what_is_no_bundle_is_refused(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)

    assert "tongban: form: " in refused(tmp_path, "verify-bundle", path)


def test_verify_can_leave_out_the_views(town):
    view = next((town / "views").glob("case_list*.sqlite"))
    view.resolve().write_bytes(b"no database")

    assert tongban(town, "verify").exit_code == 1
    assert told(town, "verify", "--log-only")["wrong"] == []


def test_what_is_no_key_of_a_witness_is_called_so(bundle, tmp_path):
    said = misused(tmp_path, "verify-bundle", bundle, "--witness", "foo")

    assert "--witness" in said
    assert "no verifier key of a witness" in said


def test_a_file_without_keys_is_named(bundle, tmp_path):
    wrong = tmp_path / "wrong"
    wrong.write_bytes(b"no keys")

    assert f"{wrong} is no COSE_KeySet" in refused(
        tmp_path, "verify-bundle", bundle, "--keys", wrong
    )


def test_of_witnesses_nobody_named_nothing_is_claimed(bundle, tmp_path):
    said = printed(tmp_path, "verify-bundle", bundle)

    assert "you named" not in said
    assert "No witness was named, by --witness" in said
    assert "recorded at: 2026-02-10 04:00:00 UTC" in said
