"""Checking an evidence package offline, step by step, and saying what it proves.

Without keys of one's own it proves that it agrees with itself: `Checked.log_trusted` and
`root_trusted` say whose word it rests on. Nothing of it is unpacked or believed before
its digest is the manifest's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cose import CoseError, KeyRecord, decode_key_set
from identity.errors import TokenRefused
from identity.key_set import KeySet, open_key_set
from ledger.region_events import published_id
from ledger.transparency import (
    CHECKPOINT,
    Checkpoint,
    LogKeys,
    NoteKey,
    NoteRefused,
    ReceiptRefused,
    open_checkpoint,
    verify_receipt,
)
from service.proving import manifest
from service.proving.answers import check_answers
from service.proving.archive import Reading
from service.proving.errors import EvidenceRefused
from service.proving.manifest import Manifest, check_signature, parse_manifest
from service.proving.stored import Stored, read_stored

CHECKS: Final = (
    "archive", "manifest", "digests", "keys", "checkpoint", "receipts", "region", "signature",
    "entries", "witness", "answers",
)  # fmt: skip
"""What is checked, in this order; a refused package names the first that failed."""

_PUBLISHED = "region.keys_published.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a package proves. `materials` and `answers` are told by their SHA-256, in hex.

    `key_sets` are how many sets of the region the log held, the newest of which one of
    its roots signed. `log_of_region` tells whether that set names who signed
    the head.
    """

    manifest: Manifest
    root: bytes
    entries: tuple[Stored, ...] = field(repr=False)
    cosigned: Mapping[NoteKey, int]
    key_sets: int
    materials: tuple[str, ...]
    answers: tuple[str, ...]
    log_of_region: bool
    log_trusted: bool
    root_trusted: bool


def check_package(
    path: Path,
    *,
    log_keys: Sequence[KeyRecord] | None = None,
    roots: Sequence[KeyRecord] | None = None,
    witnesses: Iterable[NoteKey] = (),
) -> Checked:
    """Return what the package at `path` proves, or raise `EvidenceRefused`."""
    asked = [*witnesses]
    # 1. It is an archive of our form.
    archive = Reading(path)
    try:
        # 2. A manifest says what is in it.
        told, envelope = parse_manifest(archive.read(manifest.NAME))
        # 3. It holds that, and nothing else.
        _check_digests(archive, told)
        # 4. Its keys are ones that can be used, and the trusted ones where there are such.
        log = LogKeys(told.log, _keys(archive, "keys/log.cbor", log_keys))
        known_roots = _keys(archive, "keys/roots.cbor", roots)
        # 5. The log signed the head, and 6. held every entry under it.
        head, signers, cosigned = _head(archive, told, log, asked)
        proven = _proven(archive, "entries", log, head)
        published = _proven(archive, "keys/region", log, head)
        # 7. The region's newest set is signed by its root, and 8. the manifest by a key of it.
        keys = _key_set(published, told, known_roots)
        check_signature(envelope, told, {each.kid: each for each in keys.records})
        # 9. The entries are all versions of the one case.
        _check_case(proven, told)
        # 10. Whoever was named has cosigned.
        for each in asked:
            if each not in cosigned:
                raise EvidenceRefused("witness", f"{each.name} has not cosigned this head")
        materials = [name.rpartition("/")[2] for name in archive.under("materials", "")]
        answers = [archive.read(name) for name in archive.under("answers", ".cbor")]
        # 11. What another region answered is what the log took in this case.
        taken = check_answers(answers, proven, log)
    finally:
        archive.close()
    named = {each.public_key for each in keys.records if CHECKPOINT in each.use}
    return Checked(
        manifest=told,
        root=head.root,
        entries=tuple(proven),
        cosigned=cosigned,
        key_sets=len(published),
        materials=tuple(materials),
        answers=taken,
        log_of_region=keys.origin == told.log and signers <= named,
        log_trusted=log_keys is not None,
        root_trusted=roots is not None,
    )


def _check_digests(archive: Reading, told: Manifest) -> None:
    found = {name: each for name, each in archive.digests().items() if name != manifest.NAME}
    if found.keys() != told.files.keys():
        raise EvidenceRefused("digests", "other members than the manifest names")
    for name, each in found.items():
        if each != told.files[name]:
            raise EvidenceRefused("digests", f"{name} is not what the manifest says")
        digest = name.rpartition("/")[2]
        if name.startswith("materials/") and digest != each[1].hex():
            raise EvidenceRefused("digests", "a material is not of the digest it is named by")


def _keys(
    archive: Reading, name: str, trusted: Sequence[KeyRecord] | None
) -> tuple[KeyRecord, ...]:
    try:
        records = decode_key_set(archive.read(name))
    except CoseError as error:
        raise EvidenceRefused("keys", str(error)) from error
    if trusted is None:
        return records
    # By the keys alone: what is known of them now may say more than the file could.
    if not {each.public_key for each in records} & {each.public_key for each in trusted}:
        raise EvidenceRefused("keys", f"{name} has none of the trusted keys")
    return tuple(trusted)


def _head(
    archive: Reading, told: Manifest, log: LogKeys, witnesses: Sequence[NoteKey]
) -> tuple[Checkpoint, set[bytes], Mapping[NoteKey, int]]:
    """Return the head, which keys of the log signed it, and which witnesses and when."""
    note = archive.read("checkpoint.txt")
    try:
        own = log.for_checkpoint(told.made_at)
        signed = open_checkpoint(note, own, witnesses)
        signers = {each.public_key for each in signed.note.verify(own)}
    except NoteRefused as error:
        raise EvidenceRefused("checkpoint", str(error)) from error
    if signed.checkpoint.size != told.size:
        raise EvidenceRefused("checkpoint", "not the head that the manifest names")
    return signed.checkpoint, signers, signed.cosigned


def _proven(archive: Reading, folder: str, log: LogKeys, head: Checkpoint) -> list[Stored]:
    """Return the entries of a folder, each proven to be in the log under that head."""
    names, receipts = archive.under(folder, ".cbor"), archive.under(folder, ".receipt")
    expected = [f"{folder}/{version:06}" for version in range(1, len(names) + 1)]
    if names != [f"{each}.cbor" for each in expected] or len(receipts) != len(names):
        raise EvidenceRefused("receipts", f"{folder} has a gap")
    found = []
    for each in expected:
        stored = archive.read(f"{each}.cbor")
        try:
            receipt = verify_receipt(archive.read(f"{each}.receipt"), stored, log)
        except ReceiptRefused as error:
            raise EvidenceRefused("receipts", f"{each}: {error}") from error
        if (receipt.log, receipt.size, receipt.root) != (head.origin, head.size, head.root):
            raise EvidenceRefused("receipts", f"{each} is of another head")
        found.append(read_stored(stored))
    return found


def _key_set(published: Sequence[Stored], told: Manifest, roots: Sequence[KeyRecord]) -> KeySet:
    stream = published_id(told.region)
    for version, each in enumerate(published, start=1):
        if (each.stream, each.version, each.event) != (stream, version, _PUBLISHED):
            raise EvidenceRefused("region", "an entry that is no key set of this region")
    if not published:
        raise EvidenceRefused("region", "no key set of the region is in it")
    newest = published[-1].fields.get("key_set")
    try:
        token = newest if isinstance(newest, bytes) else b""
        return open_key_set(token, issuer=told.region, roots=roots)
    except TokenRefused as error:
        raise EvidenceRefused("region", str(error)) from error


def _check_case(proven: Sequence[Stored], told: Manifest) -> None:
    for version, each in enumerate(proven, start=1):
        if each.stream != told.case:
            raise EvidenceRefused("entries", "an entry of another case")
        if each.version != version:
            raise EvidenceRefused("entries", "the versions have a gap")
    if len(proven) != told.versions or not proven:
        raise EvidenceRefused("entries", "not as many as the manifest says")
