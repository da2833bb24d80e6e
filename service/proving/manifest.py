"""What an evidence package holds, as the region that made it signed: a COSE_Sign1.

Every other member of the archive is in it with its size and SHA-256, so nothing can be
left out, put in or exchanged afterwards. That the case had so many versions, and no
more, at that head of the log is what the region says: a log proves what is in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NoReturn
from uuid import UUID

from cose import CoseError, KeyRecord, Sign1, Signer, decode, encode, sign1
from service.proving.errors import EvidenceRefused

EVIDENCE: Final = "application/tongban-evidence+cose"
NAME: Final = "manifest.cose"
LIMIT: Final = 16 * 1024 * 1024

Files = Mapping[str, tuple[int, bytes]]
"""By the name of each member, its size and SHA-256."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`versions` are how many entries the case had when the log had `size`."""

    region: str
    log: str
    size: int
    case: UUID
    versions: int
    made_at: datetime
    files: Files


def sign_manifest(manifest: Manifest, signer: Signer) -> bytes:
    """Return the member that is written last."""
    told = {
        "form": _FORM,
        "region": manifest.region,
        "log": manifest.log,
        "size": manifest.size,
        "case": manifest.case.bytes,
        "versions": manifest.versions,
        "made_at": int(manifest.made_at.timestamp()),
        "files": {name: list(each) for name, each in manifest.files.items()},
    }
    return sign1(signer, typ=EVIDENCE, payload=encode(told))


def parse_manifest(data: bytes) -> tuple[Manifest, Sign1]:
    """Return what a manifest says, and the envelope whose signature is still to be checked."""
    try:
        envelope = Sign1.parse(data, limit=LIMIT)
        told = decode(envelope.payload or b"", limit=LIMIT)
    except CoseError as error:
        raise EvidenceRefused("manifest", str(error)) from error
    if envelope.typ != EVIDENCE:
        _refuse("another kind of token")
    if type(told) is not dict or {name: type(told[name]) for name in told} != _TYPES:
        _refuse("not the members of a manifest")
    if told["form"] != _FORM:
        _refuse("a form that is not known here")
    return _read(told), envelope


def check_signature(
    envelope: Sign1, manifest: Manifest, keys: Mapping[bytes, KeyRecord]
) -> None:
    """Raise `EvidenceRefused` unless one of the region's `keys` signed it in its time."""
    key = keys.get(envelope.kid)
    if key is None or EVIDENCE not in key.use or not key.is_valid_at(manifest.made_at):
        raise EvidenceRefused("signature", "not by a key of the region that counted then")
    try:
        envelope.verify(key)
    except CoseError as error:
        raise EvidenceRefused("signature", str(error)) from error


_FORM = 1
_TYPES = {
    "form": int,
    "region": str,
    "log": str,
    "size": int,
    "case": bytes,
    "versions": int,
    "made_at": int,
    "files": dict,
}


def _read(told: dict[str, Any]) -> Manifest:
    try:
        made_at = datetime.fromtimestamp(told["made_at"], UTC)
        case = UUID(bytes=told["case"])
        files = {name: _file(name, each) for name, each in told["files"].items()}
    except (ValueError, OverflowError, OSError) as error:
        raise EvidenceRefused("manifest", "a value that cannot be") from error
    return Manifest(
        region=told["region"],
        log=told["log"],
        size=told["size"],
        case=case,
        versions=told["versions"],
        made_at=made_at,
        files=files,
    )


def _file(name: object, told: object) -> tuple[int, bytes]:
    match told:
        case [int(size), bytes(digest)] if type(name) is str and len(digest) == 32:
            return size, digest
    raise ValueError


def _refuse(why: str) -> NoReturn:
    raise EvidenceRefused("manifest", why)
