"""Checkpoints: one body is read, the log signs, witnesses stand beside it."""

from base64 import b64encode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.transparency import (
    LOG,
    WITNESS,
    Checkpoint,
    Note,
    NoteKey,
    NoteRefused,
    add_cosignatures,
    cosign,
    open_checkpoint,
    sign,
    sign_checkpoint,
)
from tests.ledger.transparency.logs import (
    HEAD,
    HEAD_KEY,
    HEAD_SIGNER,
    NOW,
    ORIGIN,
    REGION,
    STRANGER,
    WITNESS_KEY,
    WITNESS_SIGNER,
    checkpoint,
)
from tests.ledger.transparency.specifications import fenced
from tests.shared_data import needs_shared

HERE = checkpoint()
TEXT = HERE.text
ROOT = b64encode(HERE.root).decode()
AT = int(NOW.timestamp())
COSIGNATURE = cosign(TEXT, REGION, WITNESS_SIGNER, NOW)


@needs_shared
def test_the_specifications_checkpoint_is_read_as_it_stands():
    note = Note.parse(fenced("tlog-checkpoint.txt", "behind-the-sofa"))

    read = Checkpoint.parse(note.text)

    assert (read.origin, read.size) == ("example.com/behind-the-sofa", 20852163)
    assert read.text == note.text


def test_golden_bytes_of_a_checkpoint():
    assert f"tongban.example/log\n8\n{ROOT}\n" == TEXT
    assert HERE.root.hex() == (
        "4be99cd9b8b77145edb2a0d2760b377c62a3415adc1f6f5cc719e070fa36a861"
    )


@pytest.mark.parametrize("size", ["0", "1", "9223372036854775807"])
def test_a_checkpoint_says_any_size_a_tree_can_have(size):
    read = Checkpoint.parse(f"{ORIGIN}\n{size}\n{ROOT}\n")

    assert str(read.size) == size


def test_extension_lines_are_kept_and_signed():
    extended = replace(HERE, extensions=("first", "second line"))

    opened = open_checkpoint(sign_checkpoint(extended, HEAD_SIGNER), [HEAD_KEY])

    assert opened.checkpoint == extended
    assert extended.text.endswith("=\nfirst\nsecond line\n")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param(f"{ORIGIN}\n8\n", id="no root"),
        pytest.param(f"\n8\n{ROOT}\n", id="no origin"),
        pytest.param(f"{ORIGIN}\n\n{ROOT}\n", id="no size"),
        pytest.param(f"{ORIGIN}\n8\n{ROOT}", id="no newline at the end"),
        pytest.param(f"{ORIGIN}\n8\n{ROOT}\nx", id="an extension line without its newline"),
        pytest.param(f"{ORIGIN}\n8\n{ROOT}\n\n", id="an empty line at the end"),
        pytest.param(f"{ORIGIN}\n8\n{ROOT}\n\nx\n", id="an empty extension line"),
        pytest.param(f"{ORIGIN}\n08\n{ROOT}\n", id="a leading zero"),
        pytest.param(f"{ORIGIN}\n00\n{ROOT}\n", id="two zeros"),
        pytest.param(f"{ORIGIN}\n+8\n{ROOT}\n", id="a plus"),
        pytest.param(f"{ORIGIN}\n-8\n{ROOT}\n", id="a minus"),
        pytest.param(f"{ORIGIN}\n 8\n{ROOT}\n", id="a space before the size"),
        pytest.param(f"{ORIGIN}\n8 \n{ROOT}\n", id="a space after the size"),
        pytest.param(f"{ORIGIN}\n1_0\n{ROOT}\n", id="an underscore"),
        pytest.param(f"{ORIGIN}\n٨\n{ROOT}\n", id="another script's digits"),
        pytest.param(f"{ORIGIN}\n8.0\n{ROOT}\n", id="a fraction"),
        pytest.param(f"{ORIGIN}\n0x8\n{ROOT}\n", id="hexadecimal"),
        pytest.param(f"{ORIGIN}\n9223372036854775808\n{ROOT}\n", id="too large a size"),
        pytest.param(f"{ORIGIN}\n{'9' * 5000}\n{ROOT}\n", id="far too large a size"),
        pytest.param(f"{ORIGIN}\n8\n{ROOT[:-1]}\n", id="no padding"),
        pytest.param(f"{ORIGIN}\n8\n{ROOT} \n", id="a space after the root"),
        pytest.param(f"{ORIGIN}\n8\n{b64encode(bytes(31)).decode()}\n", id="a short root"),
        pytest.param(f"{ORIGIN}\n8\n{b64encode(bytes(33)).decode()}\n", id="a long root"),
    ],
)
def test_refused_for_its_form(text):
    with pytest.raises(NoteRefused):
        Checkpoint.parse(text)


def test_what_the_log_signed_is_opened():
    opened = open_checkpoint(HEAD, [HEAD_KEY])

    assert opened.checkpoint == HERE
    assert opened.cosigned == {}
    assert bytes(opened.note) == HEAD


def test_a_checkpoint_that_could_not_be_read_is_not_signed():
    for bad in [replace(HERE, root=b""), replace(HERE, size=-1), replace(HERE, origin="a\nb")]:
        with pytest.raises(NoteRefused):
            sign_checkpoint(bad, HEAD_SIGNER)


def test_after_a_rotation_either_key_opens_what_it_signed():
    new = NoteKey(ORIGIN, LOG, STRANGER.public_key)

    assert open_checkpoint(HEAD, [new, HEAD_KEY]).checkpoint == HERE
    assert open_checkpoint(sign_checkpoint(HERE, STRANGER), [new, HEAD_KEY])


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        pytest.param(sign_checkpoint(HERE, STRANGER), [HEAD_KEY], id="another key's"),
        pytest.param(
            sign_checkpoint(replace(HERE, origin="other.example/log"), HEAD_SIGNER),
            [HEAD_KEY],
            id="another log's",
        ),
        pytest.param(
            bytes(Note(TEXT, (sign(TEXT, "other.example/log", HEAD_SIGNER),))),
            [NoteKey("other.example/log", LOG, HEAD_SIGNER.public_key)],
            id="this log's, by another log's key",
        ),
        pytest.param(
            bytes(Note(TEXT, (cosign(TEXT, ORIGIN, HEAD_SIGNER, NOW),))),
            [NoteKey(ORIGIN, WITNESS, HEAD_SIGNER.public_key)],
            id="its own cosignature",
        ),
        pytest.param(HEAD, [], id="no key at all"),
    ],
)
def test_refused_unless_the_log_itself_signed(data, keys):
    with pytest.raises(NoteRefused):
        open_checkpoint(data, keys)


def test_a_cosignature_does_not_stand_in_for_the_logs_signature():
    only_cosigned = bytes(Note(TEXT, (COSIGNATURE,)))

    with pytest.raises(NoteRefused, match="log itself"):
        open_checkpoint(only_cosigned, [HEAD_KEY], [WITNESS_KEY])


@given(st.integers(0, len(HEAD) * 8 - 1))
def test_one_flipped_bit_is_refused(bit):
    bent = bytearray(HEAD)
    bent[bit // 8] ^= 1 << bit % 8

    with pytest.raises(NoteRefused):
        open_checkpoint(bytes(bent), [HEAD_KEY])


def test_a_witness_is_heard_when_it_is_known():
    cosigned = add_cosignatures(HEAD, COSIGNATURE.line.encode(), [WITNESS_KEY])

    assert open_checkpoint(cosigned, [HEAD_KEY], [WITNESS_KEY]).cosigned == {WITNESS_KEY: AT}
    assert open_checkpoint(cosigned, [HEAD_KEY]).cosigned == {}


def test_a_later_cosignature_replaces_the_earlier_one():
    once = add_cosignatures(HEAD, COSIGNATURE.line.encode(), [WITNESS_KEY])
    later = cosign(TEXT, REGION, WITNESS_SIGNER, NOW.replace(hour=5))

    twice = add_cosignatures(once, later.line.encode(), [WITNESS_KEY])

    opened = open_checkpoint(twice, [HEAD_KEY], [WITNESS_KEY])
    assert opened.cosigned == {WITNESS_KEY: AT + 3600}
    assert len(opened.note.signatures) == 2


def test_of_an_answer_only_known_cosignatures_are_kept():
    unknown = cosign(TEXT, "witness.example/w2", STRANGER, NOW)
    of_the_log = sign(TEXT, ORIGIN, HEAD_SIGNER)
    answer = unknown.line + of_the_log.line + COSIGNATURE.line

    kept = add_cosignatures(HEAD, answer.encode(), [WITNESS_KEY, HEAD_KEY])

    assert Note.parse(kept).signatures[1:] == (COSIGNATURE,)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff", id="not UTF-8"),
        pytest.param(b"409\n", id="not a signature"),
        pytest.param(COSIGNATURE.line.encode()[:-1], id="no newline"),
        pytest.param(
            cosign(TEXT, "witness.example/w2", STRANGER, NOW).line.encode(), id="a stranger's"
        ),
        pytest.param(
            cosign(checkpoint(7).text, REGION, WITNESS_SIGNER, NOW).line.encode(),
            id="of another checkpoint",
        ),
        pytest.param(
            cosign(TEXT, REGION, WITNESS_SIGNER, NOW.replace(year=1970, month=1, day=1, hour=0))
            .line.encode(),
            id="of no time",
        ),
        pytest.param(
            checkpoint(7).text.encode() + b"\n" + COSIGNATURE.line.encode().replace(b"3", b"4"),
            id="another note",
        ),
    ],
)  # fmt: skip
def test_an_answer_without_a_cosignature_of_this_checkpoint_is_refused(answer):
    with pytest.raises(NoteRefused):
        add_cosignatures(HEAD, answer, [WITNESS_KEY])
