"""The published inclusion proofs: what others take we take, what they refuse we refuse."""

import json
from base64 import b64decode

import pytest

from ledger.transparency import ProofRefused, verify_inclusion
from tests.shared_data import SHARED, needs_shared

FOLDER = SHARED / "vectors" / "merkle" / "inclusion"
PUBLISHED = sorted(FOLDER.rglob("*.json"))


@needs_shared
@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_published_proof_is_judged_alike(path):
    vector = json.loads(path.read_text())
    leaf, root = (b64decode(vector[name] or "") for name in ("leafHash", "root"))
    steps = [b64decode(step) for step in vector["proof"] or []]

    accepted = _accepts(leaf, vector["leafIdx"], vector["treeSize"], steps, root)

    assert accepted is not vector["wantErr"]


@needs_shared
def test_the_published_proofs_are_all_there():
    verdicts = [json.loads(path.read_text())["wantErr"] for path in PUBLISHED]

    assert (len(verdicts), verdicts.count(False)) == (98, 6)


def _accepts(leaf, index, size, path, root):
    try:
        verify_inclusion(leaf, index, size, path, root)
    except ProofRefused:
        return False
    return True
