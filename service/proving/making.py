"""Making the evidence of one case: what the log holds of it, with all that proves it.

Everything is read as of one head of the log. Without materials there is nothing in it
that opens a personal field, so it can be handed on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from cose import KeyRecord, Signer, encode, encode_key_set
from identity.errors import KeyMissing
from ledger.application import Ledger
from ledger.region_events import published_id
from ledger.transparency import Checkpoint, Note
from service.own_keys import OwnKeys
from service.proving import manifest
from service.proving.archive import Writing
from service.proving.manifest import EVIDENCE, Manifest, sign_manifest
from service.proving.texts import README

Digests = Mapping[int, Mapping[str, str]]
"""By version of the case, the SHA-256 in hex of each kind of material it brought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What whoever may see personal fields gets besides: digests, materials, answers.

    `materials` are read by digest; `answers` are proofs of `GET /v1/verifications/{id}/proof`.
    """

    digests: Digests = field(default_factory=dict)
    materials: Mapping[str, Callable[[], Iterator[bytes]]] = field(default_factory=dict)
    answers: Sequence[bytes] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Makes packages as `region`, whose set is signed by one of `roots`."""

    ledger: Ledger
    region: str
    roots: Callable[[], Sequence[KeyRecord]]
    signer: Callable[[], Signer]

    def make(self, case: UUID, at: datetime, opened: Opened = Opened()) -> Iterator[bytes]:
        """Return the pieces of the package of a case, made `at` a time.

        Raises `KeyMissing` at once where no key of ours may sign it.
        """
        return self._pieces(case, at, opened, self.signer())

    def _pieces(
        self, case: UUID, at: datetime, opened: Opened, signer: Signer
    ) -> Iterator[bytes]:
        entries = self.ledger.recorder.select_stream(case)
        keys = self.ledger.recorder.select_stream(published_id(self.region))
        head, receipts = self.ledger.published.proofs([at for at, _ in (*entries, *keys)])
        proven = [
            (stored, receipt)
            for (_, stored), receipt in zip((*entries, *keys), receipts, strict=True)
        ]
        archive = Writing()
        for language, text in README.items():
            yield from archive.add(f"README.{language}.txt", [text.encode()])
        yield from archive.add("checkpoint.txt", [head])
        log = self.ledger.published.keys
        yield from archive.add("keys/log.cbor", [encode_key_set(log.records)])
        yield from archive.add("keys/roots.cbor", [encode_key_set(self.roots())])
        yield from _proven(archive, "entries", proven[: len(entries)])
        yield from _proven(archive, "keys/region", proven[len(entries) :])
        yield from _opened(archive, opened)
        told = Manifest(
            region=self.region,
            log=log.origin,
            size=Checkpoint.parse(Note.parse(head).text).size,
            case=case,
            versions=len(entries),
            made_at=at,
            files=dict(archive.files),
        )
        yield from archive.add(manifest.NAME, [sign_manifest(told, signer)])
        yield archive.end()


def signing_evidence(own: OwnKeys) -> Callable[[], Signer]:
    """Return what gives the region's key, or raises `KeyMissing` if it is too old for this."""

    def signer() -> Signer:
        found = own.signer("region")
        for record in own.held("region"):
            if record.public_key == found.public_key and EVIDENCE in record.use:
                return found
        raise KeyMissing(
            "the region's key is older than evidence: `tongban keys rotate region` makes one"
        )

    return signer


def _proven(
    archive: Writing, folder: str, proven: Sequence[tuple[bytes, bytes]]
) -> Iterator[bytes]:
    for version, (stored, receipt) in enumerate(proven, start=1):
        yield from archive.add(f"{folder}/{version:06}.cbor", [stored])
        yield from archive.add(f"{folder}/{version:06}.receipt", [receipt])


def _opened(archive: Writing, opened: Opened) -> Iterator[bytes]:
    for number, answer in enumerate(opened.answers, start=1):
        yield from archive.add(f"answers/{number:06}.cbor", [answer])
    if opened.digests:
        told = {version: dict(kinds) for version, kinds in opened.digests.items()}
        yield from archive.add("materials.cbor", [encode(told)])
    for digest, read in sorted(opened.materials.items()):
        yield from archive.add(f"materials/{digest}", read())
