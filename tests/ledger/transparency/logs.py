"""A made-up log of eight entries, its keys, its witness, and what it signs."""

from datetime import UTC, datetime
from uuid import UUID

from cose import ED25519, Ed25519Signer, KeyRecord, encode
from ledger.transparency import (
    CHECKPOINT,
    LOG,
    RECEIPT,
    WITNESS,
    Checkpoint,
    LogKeys,
    NoteKey,
    inclusion_path,
    leaf_hash,
    make_receipt,
    root_of,
    sign_checkpoint,
)

ORIGIN, REGION = "tongban.example/log", "witness.example/w1"
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
SIGNER = Ed25519Signer(bytes([1]) * 32)
HEAD_SIGNER = Ed25519Signer(bytes([2]) * 32)
WITNESS_SIGNER = Ed25519Signer(bytes([3]) * 32)
STRANGER = Ed25519Signer(bytes([4]) * 32)

STREAM = UUID(int=7)
ENTRIES = [encode(["case.opened.v1", STREAM.bytes, version]) for version in range(1, 9)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
SIZE, INDEX = len(ENTRIES), 2
ENTRY = ENTRIES[INDEX]


class Nodes:
    """The hashes of the log's subtrees."""

    def node(self, level, index):
        return root_of(LEAVES[index << level : index + 1 << level])


def record(signer, *use, **changes):
    fields = {
        "public_key": signer.public_key,
        "algorithm": ED25519,
        "use": frozenset(use),
        "not_before": datetime(2026, 1, 1, tzinfo=UTC),
        "expires": datetime(2027, 1, 1, tzinfo=UTC),
    }
    return KeyRecord(**(fields | changes))


RECEIPT_RECORD = record(SIGNER, RECEIPT)
HEAD_RECORD = record(HEAD_SIGNER, CHECKPOINT)
RECORDS = (RECEIPT_RECORD, HEAD_RECORD)
KEYS = LogKeys(ORIGIN, RECORDS)
HEAD_KEY = NoteKey(ORIGIN, LOG, HEAD_SIGNER.public_key)
WITNESS_KEY = NoteKey(REGION, WITNESS, WITNESS_SIGNER.public_key)


def checkpoint(size=SIZE):
    return Checkpoint(ORIGIN, size, root_of(LEAVES[:size]))


PATH = inclusion_path(INDEX, SIZE, Nodes())
HEAD = sign_checkpoint(checkpoint(), HEAD_SIGNER)


def receipt(**changes):
    fields = {
        "entry": ENTRY,
        "index": INDEX,
        "path": PATH,
        "checkpoint": checkpoint(),
        "issued_at": NOW,
    }
    return make_receipt(SIGNER, **(fields | changes))
