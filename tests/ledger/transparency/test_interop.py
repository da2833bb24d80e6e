"""Proofs and receipts that another implementation made and checks: scitt-cose."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
)
from scitt_cose import merkle, receipt  # type: ignore[import-untyped]

from cose import EDDSA_DEPRECATED, Ed25519Signer
from ledger.transparency import (
    RECEIPT,
    consistency_path,
    inclusion_path,
    leaf_hash,
    make_receipt,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from tests.ledger.transparency.logs import (
    ENTRIES,
    ENTRY,
    INDEX,
    NOW,
    ORIGIN,
    PATH,
    SIZE,
    STREAM,
    checkpoint,
)

MANY = [index.to_bytes(4) for index in range(64)]
MANY_HEX = [entry.hex() for entry in MANY]
LEAVES = [leaf_hash(entry) for entry in MANY]
SEED = bytes([1]) * 32
PUBLIC_PEM = (
    Ed25519PrivateKey.from_private_bytes(SEED)
    .public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
)


class Nodes:
    """The hashes of the subtrees of `MANY`."""

    def node(self, level, index):
        return root_of(LEAVES[index << level : index + 1 << level])


class SignsAsEdDSA(Ed25519Signer):
    """Names its algorithm -8, as whoever does not know -19 yet expects it."""

    algorithm = EDDSA_DEPRECATED


def _hex(path):
    return [step.hex() for step in path]


@pytest.mark.parametrize("size", range(1, 65))
def test_both_make_the_same_inclusion_proofs_and_take_each_others(size):
    root = root_of(LEAVES[:size])
    for index in range(size):
        ours = inclusion_path(index, size, Nodes())
        theirs = [
            bytes.fromhex(step) for step in merkle.inclusion_proof(MANY_HEX[:size], index)
        ]

        assert ours == theirs
        assert merkle.verify_inclusion(MANY_HEX[index], index, size, _hex(ours), root.hex())
        verify_inclusion(LEAVES[index], index, size, theirs, root)


@pytest.mark.parametrize("new", range(1, 65))
def test_both_make_the_same_consistency_proofs_and_take_each_others(new):
    new_root = root_of(LEAVES[:new])
    for old in range(1, new + 1):
        old_root = root_of(LEAVES[:old])
        ours = consistency_path(old, new, Nodes())
        theirs = [bytes.fromhex(step) for step in merkle.consistency_proof(MANY_HEX, old, new)]

        assert ours == theirs
        assert merkle.verify_consistency(old_root.hex(), new_root.hex(), old, new, _hex(ours))
        verify_consistency(old, old_root, new, new_root, theirs)


def test_another_implementation_verifies_our_receipt():
    ours = make_receipt(
        SignsAsEdDSA(SEED),
        entry=ENTRY,
        index=INDEX,
        path=PATH,
        checkpoint=checkpoint(),
        issued_at=NOW,
    )

    theirs = receipt.verify_receipt(
        ours, leaf_entry_hex=ENTRY.hex(), log_public_key_pem=PUBLIC_PEM
    )

    assert theirs.ok, theirs.errors
    assert (theirs.root, theirs.tree_size) == (checkpoint().root.hex(), SIZE)
    assert (theirs.issuer, theirs.subject) == (ORIGIN, str(STREAM))
    assert theirs.iat == int(NOW.timestamp())
    assert theirs.protected_header_ext[16] == RECEIPT


def test_another_implementation_refuses_our_receipt_for_another_entry():
    ours = make_receipt(
        SignsAsEdDSA(SEED),
        entry=ENTRY,
        index=INDEX,
        path=PATH,
        checkpoint=checkpoint(),
        issued_at=NOW,
    )

    theirs = receipt.verify_receipt(
        ours, leaf_entry_hex=ENTRIES[INDEX + 1].hex(), log_public_key_pem=PUBLIC_PEM
    )

    assert not theirs.ok
