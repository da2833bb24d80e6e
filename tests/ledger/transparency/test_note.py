"""Signed notes: the specification's own, and each way of bending one."""

import re
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cose import Ed25519Signer
from ledger.transparency import LOG, WITNESS, Note, NoteKey, NoteRefused, cosign, sign
from tests.ledger.transparency.specifications import fenced, text
from tests.shared_data import needs_shared

TEXT = "tongban.example/log\n7\nAAAA\n"
AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
SIGNER = Ed25519Signer(bytes([1]) * 32)
OTHER = Ed25519Signer(bytes([2]) * 32)
NAME, REGION = "tongban.example/log", "witness.example/w1"
KEY = NoteKey(NAME, LOG, SIGNER.public_key)
REGION_KEY = NoteKey(REGION, WITNESS, OTHER.public_key)
NOTE = bytes(Note(TEXT, (sign(TEXT, NAME, SIGNER),)))
BOTH = bytes(Note(TEXT, (sign(TEXT, NAME, SIGNER), cosign(TEXT, REGION, OTHER, AT))))


@needs_shared
def test_the_specifications_note_is_verified_by_the_specifications_key():
    (vkey,) = re.findall(r"^    (example\.com/foo\+.*)$", text("signed-note.txt"), re.MULTILINE)
    note = Note.parse(fenced("signed-note.txt", "This is an example message."))
    key = NoteKey.parse(vkey)

    signed = note.verify([key])

    assert signed == {key: None}
    assert key.vkey == vkey
    with pytest.raises(NoteRefused):
        Note(note.text.replace("example", "exemplar"), note.signatures).verify([key])


@needs_shared
def test_the_specifications_other_notes_are_read_as_they_stand():
    poem = fenced("signed-note.txt", "Ognuno")
    cosigned = fenced("tlog-cosignature.txt", "behind-the-sofa")

    assert bytes(Note.parse(poem)) == poem
    assert "\n\n" in Note.parse(poem).text
    assert bytes(Note.parse(cosigned)) == cosigned
    assert Note.parse(cosigned).signatures[1].signature[:8] == (1679315147).to_bytes(8)


def test_golden_bytes_of_a_note():
    assert KEY.vkey == (
        "tongban.example/log+1ea7c834+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"
    )
    assert BOTH.decode() == (
        "tongban.example/log\n7\nAAAA\n\n"
        "— tongban.example/log HqfINDLRF9dxYkKh7pYRnx1u3aEx/kFYyvdmquWWobdbInlSuMe17H3IGh7d"
        "FLBb2XCkmjkTpcNV9md2+KcqZTucuAM=\n"
        "— witness.example/w1 3xwKNQAAAABppQtAHyN1FRDf5Xy8cJgNyn2iUSNT8a/s2QBtUaOjtvMox0Kop"
        "hHWQH/sJyXojama30GA1L2CWFJFY/YZWrLh7gASAg==\n"
    )


def test_who_signed_is_told_and_a_witness_says_when():
    signed = Note.parse(BOTH).verify([KEY, REGION_KEY])

    assert signed == {KEY: None, REGION_KEY: int(AT.timestamp())}


@pytest.mark.parametrize(
    "stranger",
    [
        pytest.param(NoteKey(NAME, LOG, OTHER.public_key), id="the same name"),
        pytest.param(NoteKey(NAME, WITNESS, SIGNER.public_key), id="another kind"),
        pytest.param(NoteKey(REGION, LOG, SIGNER.public_key), id="another name"),
    ],
)
def test_a_signature_of_an_unknown_key_is_passed_over(stranger):
    note = Note.parse(NOTE)

    assert note.verify([stranger, KEY]) == {KEY: None}
    with pytest.raises(NoteRefused, match="no key"):
        note.verify([stranger])


def test_nobody_we_know_is_nobody():
    with pytest.raises(NoteRefused, match="no key"):
        Note.parse(NOTE).verify([])


def test_one_wrong_signature_of_a_known_key_refuses_the_note():
    wrong = cosign("another\n", REGION, OTHER, AT)
    note = Note(TEXT, (sign(TEXT, NAME, SIGNER), wrong))

    assert note.verify([KEY]) == {KEY: None}
    with pytest.raises(NoteRefused, match="wrong"):
        note.verify([KEY, REGION_KEY])


def test_a_second_wrong_signature_of_one_key_is_looked_at_too():
    note = Note(TEXT, (sign(TEXT, NAME, SIGNER), sign("another\n", NAME, SIGNER)))

    with pytest.raises(NoteRefused, match="wrong"):
        note.verify([KEY])


def test_another_time_than_the_witness_stated_is_refused():
    line = cosign(TEXT, REGION, OTHER, AT)
    later = int(AT.timestamp() + 1).to_bytes(8) + line.signature[8:]

    with pytest.raises(NoteRefused, match="wrong"):
        REGION_KEY.verify(TEXT, later)


@pytest.mark.parametrize("seconds", [1 << 63, (1 << 64) - 1])
def test_a_time_that_never_comes_is_refused(seconds):
    signature = OTHER.sign(f"cosignature/v1\ntime {seconds}\n{TEXT}".encode())

    with pytest.raises(NoteRefused, match="never"):
        REGION_KEY.verify(TEXT, seconds.to_bytes(8) + signature)


@pytest.mark.parametrize("length", [0, 7, 8, 63, 65, 71, 73])
def test_a_signature_of_another_length_is_refused(length):
    line = cosign(TEXT, REGION, OTHER, AT).signature

    with pytest.raises(NoteRefused):
        REGION_KEY.verify(TEXT, (line + bytes(1))[:length])
    with pytest.raises(NoteRefused):
        KEY.verify(TEXT, (sign(TEXT, NAME, SIGNER).signature + bytes(9))[:length])


@given(st.integers(0, len(NOTE) * 8 - 1))
def test_one_flipped_bit_is_refused(bit):
    bent = bytearray(NOTE)
    bent[bit // 8] ^= 1 << bit % 8

    with pytest.raises(NoteRefused):
        Note.parse(bytes(bent)).verify([KEY])


LINE = NOTE.decode().split("\n\n")[1]
BLOB = LINE.split(" ")[2].strip()


@pytest.mark.parametrize(
    "attack",
    [
        pytest.param("", id="nothing"),
        pytest.param(TEXT, id="no signatures"),
        pytest.param(f"{TEXT}\n", id="an empty list of signatures"),
        pytest.param(f"{TEXT}{LINE}", id="no empty line"),
        pytest.param(f"\n{LINE}", id="no text"),
        pytest.param(LINE, id="a signature alone"),
        pytest.param(f"{TEXT}\n{LINE[:-1]}", id="no newline at the end"),
        pytest.param(f"{TEXT}\n{LINE}more", id="more at the end"),
        pytest.param(f"{TEXT}\n{LINE}\n", id="an empty line at the end"),
        pytest.param(f"{TEXT}\n{LINE.replace('—', '-')}", id="a hyphen"),
        pytest.param(f"{TEXT}\n{LINE.replace('— ', '—')}", id="no space"),
        pytest.param(f"{TEXT}\n{LINE.replace('— ', '—  ')}", id="two spaces"),
        pytest.param(f"{TEXT}\n— {BLOB}\n", id="no name"),
        pytest.param(f"{TEXT}\n— a+b {BLOB}\n", id="a name with a plus"),
        pytest.param(f"{TEXT}\n— a\u3000b {BLOB}\n", id="a name with a wide space"),
        pytest.param(f"{TEXT}\n— a\u00a0b {BLOB}\n", id="a name with a no-break space"),
        pytest.param(f"{TEXT}\n— {NAME} {BLOB} \n", id="a space at the end"),
        pytest.param(f"{TEXT}\n— {NAME}\n", id="no base64"),
        pytest.param(f"{TEXT}\n— {NAME} AAAAAA==\n", id="a key id and no signature"),
        pytest.param(f"{TEXT}\n— {NAME} {BLOB.rstrip('=')}\n", id="base64 without padding"),
        pytest.param(f"{TEXT}\n— {NAME} {BLOB}=\n", id="base64 with too much padding"),
        pytest.param(f"{TEXT}\n— {NAME} AAAAAAF=\n", id="base64 with bits left over"),
        pytest.param(f"{TEXT}\n— {NAME} AAAA_AA=\n", id="base64 for URLs"),
        pytest.param(f"{TEXT}\r\n{LINE}", id="a carriage return"),
        pytest.param(f"a\tb\n\n{LINE}", id="a tab"),
        pytest.param(f"a\0b\n\n{LINE}", id="a null"),
        pytest.param(f"{TEXT}\n{LINE * 33}", id="33 signatures"),
    ],
)
def test_refused_for_its_form(attack):
    with pytest.raises(NoteRefused):
        Note.parse(attack.encode())


def test_a_note_that_is_not_utf_8_is_refused():
    with pytest.raises(NoteRefused, match="UTF-8"):
        Note.parse(b"\xff" + NOTE)


def test_a_note_may_be_as_large_as_its_limits_and_no_larger():
    full = f"{TEXT}\n{LINE * 32}"
    longest = "a" * (131_072 - len(f"\n\n{LINE}".encode())) + f"\n\n{LINE}"

    assert len(Note.parse(full.encode()).signatures) == 32
    assert Note.parse(longest.encode())
    with pytest.raises(NoteRefused, match="at most"):
        Note.parse(f"a{longest}".encode())


def test_sixteen_signatures_of_the_largest_kind_are_taken():
    large = f"— a {b64encode(bytes(5_000)).decode()}\n"

    note = Note.parse(f"{TEXT}\n{LINE}{large * 15}".encode())

    assert note.verify([KEY]) == {KEY: None}


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        NAME,
        KEY.vkey.replace("+", "-"),
        KEY.vkey.replace(KEY.key_id.hex(), "00000000"),
        KEY.vkey.replace(KEY.key_id.hex(), KEY.key_id.hex().upper()),
        KEY.vkey + "=",
        "other" + KEY.vkey,
        NAME + "+" + KEY.key_id.hex() + "+",
        NAME + "+" + KEY.key_id.hex() + "+" + b64encode(b"\x02" + SIGNER.public_key).decode(),
    ],
)
def test_a_verifier_key_that_does_not_follow_from_its_key_is_refused(vkey):
    with pytest.raises(NoteRefused):
        NoteKey.parse(vkey)


@pytest.mark.parametrize("kind", [0, 2, 3, 5, 6, 255])
def test_a_key_of_another_kind_is_refused(kind):
    with pytest.raises(NoteRefused, match="kind"):
        NoteKey(NAME, kind, SIGNER.public_key)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b", "a\nb", "a\0b"])
def test_a_key_is_not_called_what_a_line_could_not_hold(name):
    with pytest.raises(NoteRefused, match="name"):
        NoteKey(name, LOG, SIGNER.public_key)


@pytest.mark.parametrize("key", [bytes(32), b"\x01" + bytes(31), bytes(31), bytes(33)])
def test_a_key_that_a_forger_could_sign_under_is_refused(key):
    with pytest.raises(NoteRefused):
        NoteKey(NAME, LOG, key)


def test_a_signature_is_not_shown():
    line = sign(TEXT, NAME, SIGNER)

    assert repr(line.signature) not in repr(Note(TEXT, (line,)))
