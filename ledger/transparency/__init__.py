"""The log as anyone can check it: tree, tiles, checkpoints, witnesses, receipts, bundles.

Everything here is pure: bytes and numbers go in, bytes or a refusal come out.
"""

from ledger.transparency.bundle import CHECKS, Proven, make_bundle, verify_bundle
from ledger.transparency.checkpoint import (
    Checkpoint,
    SignedCheckpoint,
    add_cosignatures,
    open_checkpoint,
    sign_checkpoint,
)
from ledger.transparency.entry_bundle import decode_entries, encode_entries
from ledger.transparency.errors import (
    BundleRefused,
    CertificateRefused,
    CheckpointInconsistent,
    CheckpointNotSigned,
    NoteRefused,
    OldSizeDiffers,
    OriginUnknown,
    ProofRefused,
    ReceiptRefused,
    RequestMalformed,
    TileRefused,
    TransparencyError,
    WitnessRefused,
)
from ledger.transparency.frontier import Frontier, TileRoot
from ledger.transparency.keys import (
    CHECKPOINT,
    RECEIPT,
    VIEW_CERTIFICATE,
    LogKeys,
    note_keys_in,
)
from ledger.transparency.merkle import (
    EMPTY_ROOT,
    Nodes,
    consistency_path,
    inclusion_path,
    leaf_hash,
    node_hash,
    root_at,
    root_of,
)
from ledger.transparency.note import Note, NoteSignature, cosign, sign
from ledger.transparency.note_key import LOG, WITNESS, NoteKey, is_name
from ledger.transparency.proof import root_from, verify_consistency, verify_inclusion
from ledger.transparency.receipt import (
    Receipt,
    make_receipt,
    stream_of,
    verify_leaf_receipt,
    verify_receipt,
)
from ledger.transparency.tile_nodes import TileNodes
from ledger.transparency.tiles import ENTRIES, Tile, TileReader, grown, tiles_between
from ledger.transparency.view_certificate import (
    Certificate,
    make_certificate,
    verify_certificate,
)
from ledger.transparency.witness import (
    AddCheckpoint,
    WatchedLog,
    as_signed,
    had_root,
    root_shown,
    weigh,
)

__all__ = [
    "CHECKPOINT",
    "CHECKS",
    "EMPTY_ROOT",
    "ENTRIES",
    "LOG",
    "RECEIPT",
    "VIEW_CERTIFICATE",
    "WITNESS",
    "AddCheckpoint",
    "BundleRefused",
    "Certificate",
    "CertificateRefused",
    "Checkpoint",
    "CheckpointInconsistent",
    "CheckpointNotSigned",
    "Frontier",
    "LogKeys",
    "Nodes",
    "Note",
    "NoteKey",
    "NoteRefused",
    "NoteSignature",
    "OldSizeDiffers",
    "OriginUnknown",
    "ProofRefused",
    "Proven",
    "Receipt",
    "ReceiptRefused",
    "RequestMalformed",
    "SignedCheckpoint",
    "Tile",
    "TileNodes",
    "TileReader",
    "TileRefused",
    "TileRoot",
    "TransparencyError",
    "WatchedLog",
    "WitnessRefused",
    "add_cosignatures",
    "as_signed",
    "consistency_path",
    "cosign",
    "decode_entries",
    "encode_entries",
    "grown",
    "had_root",
    "inclusion_path",
    "is_name",
    "leaf_hash",
    "make_bundle",
    "make_certificate",
    "make_receipt",
    "node_hash",
    "note_keys_in",
    "open_checkpoint",
    "root_at",
    "root_from",
    "root_of",
    "root_shown",
    "sign",
    "sign_checkpoint",
    "stream_of",
    "tiles_between",
    "verify_bundle",
    "verify_certificate",
    "verify_consistency",
    "verify_inclusion",
    "verify_leaf_receipt",
    "verify_receipt",
    "weigh",
]
