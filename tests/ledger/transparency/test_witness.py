"""What a witness answers, in the order the specification asks."""

from base64 import b64encode
from dataclasses import replace

import pytest

from ledger.transparency import (
    EMPTY_ROOT,
    AddCheckpoint,
    Checkpoint,
    CheckpointInconsistent,
    CheckpointNotSigned,
    Note,
    OldSizeDiffers,
    OriginUnknown,
    RequestMalformed,
    WatchedLog,
    add_cosignatures,
    consistency_path,
    cosign,
    open_checkpoint,
    sign,
    sign_checkpoint,
    weigh,
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
    Nodes,
    checkpoint,
)
from tests.ledger.transparency.specifications import indented
from tests.shared_data import needs_shared

NEW = WatchedLog((HEAD_KEY,))
AT_3 = WatchedLog((HEAD_KEY,), checkpoint(3))
AT_8 = WatchedLog((HEAD_KEY,), checkpoint(8))
EMPTY = Checkpoint(ORIGIN, 0, EMPTY_ROOT)


def request(old, new, *, path=None, signer=HEAD_SIGNER):
    """A request to go from size `old` to the checkpoint `new`."""
    if path is None:
        path = consistency_path(old, new.size, Nodes()) if old else ()
    return AddCheckpoint(
        old_size=old,
        path=tuple(path),
        note=sign_checkpoint(new, signer),
        checkpoint=new,
    )


@needs_shared
def test_the_specifications_request_is_read_as_it_stands():
    text = indented("tlog-witness.txt", "old 20852014")

    read = AddCheckpoint.parse(text)

    assert (read.old_size, read.checkpoint.size, len(read.path)) == (20852014, 20852163, 4)
    assert bytes(read) == text


@pytest.mark.parametrize(
    ("asked", "log"),
    [
        pytest.param(request(0, EMPTY), NEW, id="an empty log"),
        pytest.param(request(0, checkpoint(8)), NEW, id="the first checkpoint"),
        pytest.param(request(0, checkpoint(8)), replace(NEW, latest=EMPTY), id="after empty"),
        pytest.param(request(3, checkpoint(8)), AT_3, id="a longer log"),
        pytest.param(request(8, checkpoint(8)), AT_8, id="the same checkpoint again"),
    ],
)
def test_a_tree_that_continues_the_known_one_is_cosigned(asked, log):
    received = AddCheckpoint.parse(bytes(asked))

    agreed = weigh(received, log)

    line = cosign(agreed.text, REGION, WITNESS_SIGNER, NOW).line
    cosigned = add_cosignatures(received.note, line.encode(), [WITNESS_KEY])
    assert open_checkpoint(cosigned, log.keys, [WITNESS_KEY]).cosigned


def test_an_unknown_log_is_not_found():
    with pytest.raises(OriginUnknown):
        weigh(request(0, checkpoint()), None)


def test_a_checkpoint_by_a_stranger_is_forbidden():
    with pytest.raises(CheckpointNotSigned):
        weigh(request(3, checkpoint(), signer=STRANGER), AT_3)


def test_a_checkpoint_with_a_wrong_signature_beside_a_right_one_is_forbidden():
    text = checkpoint().text
    two = Note(text, (sign(text, ORIGIN, HEAD_SIGNER), sign("x\n", ORIGIN, HEAD_SIGNER)))
    asked = replace(request(3, checkpoint()), note=bytes(two))

    with pytest.raises(CheckpointNotSigned):
        weigh(asked, AT_3)


def test_another_old_size_is_a_conflict_that_names_ours():
    for old, new in [(0, 8), (2, 8), (4, 8), (2, 2)]:
        with pytest.raises(OldSizeDiffers) as refused:
            weigh(request(old, checkpoint(new)), AT_3)

        assert refused.value.known_size == 3


def test_a_log_never_seen_has_size_0():
    with pytest.raises(OldSizeDiffers) as refused:
        weigh(request(3, checkpoint()), NEW)

    assert refused.value.known_size == 0


def test_a_log_does_not_shrink():
    with pytest.raises(RequestMalformed, match="greater"):
        weigh(request(8, checkpoint(3), path=()), AT_8)


@pytest.mark.parametrize(
    ("asked", "log"),
    [
        pytest.param(request(3, checkpoint(8), path=()), AT_3, id="no proof"),
        pytest.param(
            request(3, checkpoint(8), path=[bytes(32)] * 4), AT_3, id="a made-up proof"
        ),
        pytest.param(
            request(3, replace(checkpoint(8), root=bytes(32))), AT_3, id="another new root"
        ),
        pytest.param(
            request(3, checkpoint(8)),
            replace(AT_3, latest=replace(checkpoint(3), root=bytes(32))),
            id="another old root",
        ),
        pytest.param(
            request(8, replace(checkpoint(8), root=bytes(32))), AT_8, id="a fork at one size"
        ),
        pytest.param(
            request(8, checkpoint(8), path=[bytes(32)]), AT_8, id="a proof between equals"
        ),
        pytest.param(
            request(0, checkpoint(8), path=[bytes(32)]), NEW, id="a proof from size 0"
        ),
        pytest.param(
            request(0, replace(EMPTY, root=bytes(32))), NEW, id="an empty log with a root"
        ),
    ],
)
def test_a_tree_that_does_not_continue_the_known_one_is_unprocessable(asked, log):
    with pytest.raises(CheckpointInconsistent):
        weigh(asked, log)


STEP = b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "head",
    [
        pytest.param("", id="nothing"),
        pytest.param("old", id="no size"),
        pytest.param("old ", id="an empty size"),
        pytest.param("old 03", id="a leading zero"),
        pytest.param("old -3", id="a minus"),
        pytest.param("old old 3", id="old twice"),
        pytest.param("Old 3", id="another word"),
        pytest.param("3", id="no word"),
        pytest.param(f"{STEP}\nold 3", id="the proof first"),
        pytest.param("old 3\nAAAA_AA=", id="base64 for URLs"),
        pytest.param("old 3\nAAAA", id="a step of three bytes"),
        pytest.param("old 3\n" + "\n".join([STEP] * 64), id="64 steps"),
        pytest.param("old ٣", id="another script's digits"),
    ],
)
def test_another_request_is_malformed(head):
    with pytest.raises(RequestMalformed):
        AddCheckpoint.parse(head.encode() + b"\n\n" + HEAD)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"old 3\n\n", id="no checkpoint"),
        pytest.param(b"old 3\n" + HEAD, id="no empty line"),
        pytest.param(b"old 3\r\n\r\n" + HEAD, id="carriage returns"),
        pytest.param(b"old 3\n\n\n" + HEAD, id="two empty lines"),
    ],
)
def test_another_body_is_malformed(body):
    with pytest.raises(RequestMalformed):
        AddCheckpoint.parse(body)


def test_63_steps_are_read():
    body = "old 3\n" + "\n".join([STEP] * 63) + "\n\n"

    assert len(AddCheckpoint.parse(body.encode() + HEAD).path) == 63


def test_a_body_larger_than_any_request_is_refused_unread():
    with pytest.raises(RequestMalformed, match="at most 135168"):
        AddCheckpoint.parse(b"old 3\n\n" + HEAD + bytes(135_168))
