"""One receipt is taken for one entry; each way of bending it is refused by name."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cose import decode, encode, sign1
from ledger.transparency import (
    CHECKPOINT,
    RECEIPT,
    LogKeys,
    ProofRefused,
    Receipt,
    ReceiptRefused,
    inclusion_path,
    stream_of,
    verify_receipt,
)
from tests.ledger.transparency.logs import (
    ENTRIES,
    ENTRY,
    INDEX,
    KEYS,
    NOW,
    ORIGIN,
    PATH,
    RECEIPT_RECORD,
    SIGNER,
    SIZE,
    STRANGER,
    STREAM,
    Nodes,
    checkpoint,
    receipt,
    record,
)

RECEIPT_BYTES = receipt()
ROOT = checkpoint().root
AT = int(NOW.timestamp())
CLAIMS = {1: ORIGIN, 2: str(STREAM), 6: AT, -70020: SIZE}
SECOND = timedelta(seconds=1)


def signed(
    *,
    claims=CLAIMS,
    proof=(SIZE, INDEX, PATH),
    proofs=None,
    headers=None,
    loose=None,
    typ=RECEIPT,
    payload=ROOT,
    detached=True,
    signer=SIGNER,
):
    """A receipt with any content at all, properly signed over whatever it is."""
    if proofs is None:
        proofs = {-1: [encode([proof[0], proof[1], list(proof[2])])]}
    return sign1(
        signer,
        typ=typ,
        payload=payload,
        also_protected={15: claims, 395: 1} if headers is None else headers,
        unprotected={396: proofs} if loose is None else loose,
        detached=detached,
    )


def test_a_receipt_proves_its_entry():
    proven = verify_receipt(RECEIPT_BYTES, ENTRY, KEYS)

    assert proven == Receipt(log=ORIGIN, stream=STREAM, issued_at=NOW, size=SIZE, root=ROOT)


def test_golden_bytes_of_a_receipt():
    kid = RECEIPT_RECORD.kid.hex()
    proof = "83" + "08" + "02" + "83" + "".join("5820" + step.hex() for step in PATH)
    signature = RECEIPT_BYTES[-64:].hex()

    assert signed() == RECEIPT_BYTES
    assert RECEIPT_BYTES.hex() == (
        "d284" + "587c" + "a5" + "0132" + "0448" + kid
        + "0fa4" + "0173" + ORIGIN.encode().hex() + "027824" + str(STREAM).encode().hex()
        + "061a69a50b40" + "3a00011183" + "08"
        + "10781e" + RECEIPT.encode().hex() + "19018b01"
        + "a119018ca12081" + "586a" + proof + "f6" + "5840" + signature
    )  # fmt: skip


@pytest.mark.parametrize("size", range(2, 9))
def test_every_entry_of_every_log_but_the_first_has_a_receipt(size):
    for index in range(size):
        path = inclusion_path(index, size, Nodes())
        made = receipt(
            entry=ENTRIES[index], index=index, path=path, checkpoint=checkpoint(size)
        )

        proven = verify_receipt(made, ENTRIES[index], KEYS)

        assert (proven.size, proven.root) == (size, checkpoint(size).root)


def test_a_receipt_of_a_log_of_one_entry_is_never_made():
    with pytest.raises(ReceiptRefused, match="one entry"):
        receipt(entry=ENTRIES[0], index=0, path=[], checkpoint=checkpoint(1))


def test_a_receipt_of_a_log_of_one_entry_is_refused():
    single = checkpoint(1)
    made = signed(claims=CLAIMS | {-70020: 1}, proof=(1, 0, []), payload=single.root)

    with pytest.raises(ReceiptRefused, match="empty path"):
        verify_receipt(made, ENTRIES[0], KEYS)


@pytest.mark.parametrize(
    "changes",
    [
        {"entry": ENTRIES[INDEX + 1]},
        {"index": INDEX + 1},
        {"index": SIZE},
        {"path": PATH[:-1]},
        {"path": [*PATH, bytes(32)]},
        {"checkpoint": checkpoint(7)},
        {"checkpoint": replace(checkpoint(), root=bytes(32))},
    ],
)
def test_a_receipt_that_would_not_verify_is_not_made(changes):
    with pytest.raises(ProofRefused):
        receipt(**changes)


def test_a_receipt_is_of_one_entry_only():
    for other in [ENTRIES[INDEX + 1], ENTRY + b"\0", b"", b"\xff"]:
        with pytest.raises(ReceiptRefused):
            verify_receipt(RECEIPT_BYTES, other, KEYS)


def bent(position, value):
    """The receipt with one of its four parts replaced; the signature stays."""
    body = decode(RECEIPT_BYTES[1:])
    body[position] = value
    return b"\xd2" + encode(body)


@pytest.mark.parametrize(
    ("attack", "why"),
    [
        # Structure.
        pytest.param(b"", "tag 18", id="nothing"),
        pytest.param(RECEIPT_BYTES[1:], "tag 18", id="untagged"),
        pytest.param(b"\xd2" + RECEIPT_BYTES, "CBOR", id="tagged twice"),
        pytest.param(RECEIPT_BYTES + b"\0", "CBOR", id="trailing bytes"),
        pytest.param(bytes(4097), "at most", id="larger than any receipt"),
        pytest.param(signed(detached=False), "payload", id="the root attached"),
        # Headers.
        pytest.param(signed(typ="application/pprd-idv+cwt"), "not called", id="another typ"),
        pytest.param(
            signed(headers={15: CLAIMS, 395: 2}), "not of a tree", id="another structure"
        ),
        pytest.param(
            signed(headers={15: CLAIMS, 395: True}), "not of a tree", id="structure true"
        ),
        pytest.param(
            signed(headers={15: CLAIMS, 395: "RFC9162_SHA256"}), "not of a tree", id="as text"
        ),
        pytest.param(signed(headers={15: CLAIMS}), "headers", id="no structure"),
        pytest.param(
            signed(
                headers={15: CLAIMS},
                loose={395: 1, 396: {-1: [encode([SIZE, INDEX, PATH])]}},
            ),
            "headers",
            id="an unprotected structure",
        ),
        pytest.param(
            signed(loose={395: 1, 396: {-1: [encode([SIZE, INDEX, PATH])]}}),
            "headers",
            id="a structure in both",
        ),
        pytest.param(signed(headers={395: 1}), "headers", id="no claims"),
        pytest.param(
            signed(headers={15: CLAIMS, 395: 1, 2: [99], 99: 1}), "headers", id="crit"
        ),
        pytest.param(
            signed(loose={4: b"x", 396: {-1: [encode([SIZE, INDEX, PATH])]}}),
            "headers",
            id="an unprotected kid",
        ),
        # Claims.
        pytest.param(signed(claims=[]), "not a map", id="claims as an array"),
        pytest.param(signed(claims=CLAIMS | {4: AT}), "claims", id="a claim we do not know"),
        pytest.param(
            signed(claims={1: ORIGIN, 2: str(STREAM), 6: AT}), "claims", id="no size signed"
        ),
        pytest.param(signed(claims=CLAIMS | {1: "other.example/log"}), "log", id="another log"),
        pytest.param(signed(claims=CLAIMS | {1: ORIGIN.upper()}), "log", id="in capitals"),
        pytest.param(signed(claims=CLAIMS | {1: [ORIGIN]}), "type", id="the log as an array"),
        pytest.param(
            signed(claims=CLAIMS | {2: str(UUID(int=8))}), "stream", id="another stream"
        ),
        pytest.param(
            signed(claims=CLAIMS | {2: STREAM.hex}), "stream", id="the stream written otherwise"
        ),
        pytest.param(signed(claims=CLAIMS | {2: STREAM.bytes}), "type", id="stream bytes"),
        pytest.param(signed(claims=CLAIMS | {6: str(AT)}), "type", id="a time as text"),
        pytest.param(signed(claims=CLAIMS | {6: True}), "type", id="a time as true"),
        pytest.param(signed(claims=CLAIMS | {6: -1}), "no time", id="a time before all"),
        pytest.param(signed(claims=CLAIMS | {6: 0}), "no key", id="the first time there is"),
        pytest.param(signed(claims=CLAIMS | {6: 2**35 - 1}), "no key", id="the last time"),
        pytest.param(signed(claims=CLAIMS | {6: 2**35}), "no time", id="a time after all"),
        pytest.param(
            signed(claims=CLAIMS | {-70020: SIZE + 1}), "another size", id="another size signed"
        ),
        pytest.param(signed(claims=CLAIMS | {-70020: None}), "type", id="no number as size"),
        # The proof.
        pytest.param(signed(proofs={}), "inclusion", id="no kind of proof"),
        pytest.param(signed(proofs=[]), "inclusion", id="proofs as an array"),
        pytest.param(signed(proofs={-1: []}), "one inclusion", id="no proof"),
        pytest.param(
            signed(proofs={-1: [encode([SIZE, INDEX, PATH])] * 2}), "one inclusion", id="two"
        ),
        pytest.param(
            signed(proofs={-1: encode([SIZE, INDEX, PATH])}), "one inclusion", id="a bare proof"
        ),
        pytest.param(
            signed(proofs={-2: [encode([4, SIZE, PATH])]}), "inclusion", id="consistency"
        ),
        pytest.param(
            signed(proofs={-1: [encode([SIZE, INDEX, PATH])], -2: []}), "inclusion", id="more"
        ),
        pytest.param(signed(proofs={-1: [[SIZE, INDEX, PATH]]}), "is bytes", id="not in bytes"),
        pytest.param(
            signed(proofs={-1: {0: encode([SIZE, INDEX, PATH])}}), "one inclusion", id="map"
        ),
        pytest.param(signed(proofs={-1: [encode(7)]}), "no such", id="a proof as a number"),
        pytest.param(
            signed(proofs={-1: [encode([SIZE, INDEX, PATH]) + b"\0"]}), "proof", id="more bytes"
        ),
        pytest.param(
            signed(proofs={-1: [b"\x9f\x08\x02" + encode(PATH) + b"\xff"]}),
            "deterministic",
            id="an indefinite array",
        ),
        pytest.param(
            signed(proofs={-1: [b"\x83\x18\x08\x02" + encode(PATH)]}),
            "deterministic",
            id="a size not shortest",
        ),
        pytest.param(signed(proofs={-1: [encode([SIZE, INDEX])]}), "no such", id="no path"),
        pytest.param(signed(proofs={-1: [encode({})]}), "no such", id="a proof as a map"),
        pytest.param(
            signed(proofs={-1: [encode([SIZE, True, PATH])]}), "no such", id="an index as true"
        ),
        pytest.param(signed(proof=(SIZE, INDEX, [])), "empty", id="an empty path"),
        pytest.param(
            signed(proof=(SIZE, INDEX, [*PATH[:-1], "x" * 32])), "not bytes", id="text"
        ),
        pytest.param(
            signed(proof=(SIZE, INDEX, [*PATH[:-1], bytes(31)])), "32 bytes", id="a short hash"
        ),
        pytest.param(
            signed(proof=(SIZE, INDEX, [*PATH[:-1], bytes(33)])), "32 bytes", id="a long hash"
        ),
        pytest.param(signed(proof=(SIZE, INDEX, [bytes(32)] * 64)), "63", id="64 steps"),
        pytest.param(signed(proof=(SIZE, SIZE, PATH)), "outside", id="an index past the end"),
        pytest.param(signed(proof=(SIZE, -1, PATH)), "outside", id="an index before the start"),
        pytest.param(signed(proof=(SIZE, INDEX, PATH[:-1])), "short", id="a path too short"),
        pytest.param(signed(proof=(SIZE, INDEX, [*PATH, ROOT])), "long", id="a path too long"),
        pytest.param(
            signed(proof=(7, INDEX, PATH)), "another size", id="a size that proves it as well"
        ),
        # The signature.
        pytest.param(signed(proof=(SIZE, INDEX + 1, PATH)), "signature", id="another index"),
        pytest.param(signed(proof=(SIZE, INDEX, PATH[::-1])), "signature", id="another path"),
        pytest.param(signed(payload=bytes(32)), "signature", id="another root signed"),
        pytest.param(signed(signer=STRANGER), "no key", id="another's key"),
        pytest.param(bent(3, bytes(64)), "signature", id="no signature of anyone"),
        pytest.param(bent(3, RECEIPT_BYTES[-64:-1]), "signature", id="63 bytes"),
        pytest.param(bent(3, RECEIPT_BYTES[-64:] + b"\0"), "signature", id="65 bytes"),
    ],
)  # fmt: skip
def test_refused(attack, why):
    with pytest.raises(ReceiptRefused, match=why):
        verify_receipt(attack, ENTRY, KEYS)


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(LogKeys(ORIGIN, ()), id="none"),
        pytest.param(LogKeys(ORIGIN, (record(STRANGER, RECEIPT),)), id="another"),
        pytest.param(LogKeys(ORIGIN, (record(SIGNER, CHECKPOINT),)), id="for another use"),
        pytest.param(
            LogKeys(ORIGIN, (record(SIGNER, RECEIPT, not_before=NOW + SECOND),)), id="too young"
        ),
        pytest.param(LogKeys(ORIGIN, (record(SIGNER, RECEIPT, expires=NOW),)), id="too old"),
        pytest.param(LogKeys(ORIGIN, (record(SIGNER, RECEIPT, revoked_at=NOW),)), id="revoked"),
        pytest.param(
            LogKeys(ORIGIN, (record(SIGNER, RECEIPT, algorithm=-8),)), id="of another algorithm"
        ),
        pytest.param(LogKeys("other.example/log", KEYS.records), id="another log's"),
    ],
)
def test_refused_unless_the_key_was_the_logs_for_receipts_then(keys):
    with pytest.raises(ReceiptRefused):
        verify_receipt(RECEIPT_BYTES, ENTRY, keys)


def test_a_key_that_ended_since_leaves_its_receipts_good():
    ended = record(SIGNER, RECEIPT, expires=NOW + SECOND, revoked_at=NOW + SECOND)

    assert verify_receipt(RECEIPT_BYTES, ENTRY, LogKeys(ORIGIN, (ended,)))


@given(st.integers(0, len(RECEIPT_BYTES) * 8 - 1))
def test_one_flipped_bit_is_refused(bit):
    flipped = bytearray(RECEIPT_BYTES)
    flipped[bit // 8] ^= 1 << bit % 8

    with pytest.raises(ReceiptRefused):
        verify_receipt(bytes(flipped), ENTRY, KEYS)


def test_an_index_is_never_shown_as_proven():
    assert "index" not in Receipt.__dataclass_fields__


def test_a_stream_is_read_from_an_entry_and_from_nothing_else():
    assert stream_of(ENTRY) == STREAM
    for other in [{}, [], ["name"], ["name", "text of 16 bytes"], ["name", bytes(15)], 7]:
        with pytest.raises(ReceiptRefused, match="not an entry"):
            stream_of(encode(other))


def test_a_receipt_at_a_million_leaves_is_as_small_as_it_should_be():
    size, index = 1_000_000, 123_456
    path = [bytes([step]) * 32 for step in range(20)]
    large = signed(claims=CLAIMS | {-70020: size}, proof=(size, index, path))

    assert len(large) < 950
    assert decode(decode(large[1:])[1][396][-1][0])[:2] == [size, index]
