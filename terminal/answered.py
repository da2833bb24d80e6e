"""What a region's kept answer proves, as `tongban check-answer` tells it."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from cose import CoseError, decode, decode_key_set
from identity.errors import TokenRefused
from identity.kept import read_kept
from ledger.transparency import LogKeys, verify_bundle
from terminal import proven
from terminal.commands import Refused
from terminal.paper import OneRegion

_LIMIT = 1 << 20
_PARTS = {"assertion", "salt", "bundle"}
_SUCCEEDED = "verification.succeeded.v1"


def answered(data: bytes, keys: bytes, log_keys: bytes | None) -> dict[str, Any]:
    """Return what the proof in `data` says, or raise `Refused` with what refused it.

    `keys` is the key set of the region that answered, `log_keys` that of the log.
    Raises `BundleRefused` where the log did not take it.
    """
    # 1. One CBOR map of its parts, and of nothing else.
    parts = _parts(data)
    # 2. The log took an entry of this answer, at a time that it proves.
    found = verify_bundle(parts["bundle"])
    if log_keys is not None:
        trusted = LogKeys(found.keys.origin, decode_key_set(log_keys))
        found = verify_bundle(parts["bundle"], trusted)
    logged = proven.as_json(found)["entry"]
    digest = sha256(parts["assertion"]).hexdigest()
    if (logged["event"], logged["fields"].get("assertion_digest")) != (_SUCCEEDED, digest):
        raise Refused("the log took another answer than this one")
    # 3. The region signed it then, in this verification.
    try:
        verified = read_kept(
            parts["assertion"],
            salt=parts["salt"],
            verification=UUID(logged["case"]),
            trust=OneRegion(keys),
            at=datetime.fromisoformat(logged["recorded_at"]),
        )
    except TokenRefused as error:
        raise Refused(f"this is no answer of these keys: {error}") from error
    claims = verified.claims
    return {
        "region": claims.issuer,
        "asked_by": claims.audience,
        "purpose": claims.purpose,
        "verdict": claims.result.verdict,
        "answers": claims.result.answers,
        "checked_at": claims.result.checked_at.isoformat(),
        "verification": logged["case"],
        "logged_at": logged["recorded_at"],
        "log": found.receipt.log,
        "log_trusted": found.trusted,
    }


def answered_lines(told: dict[str, Any]) -> Iterator[str]:
    """Yield what a proof says, a line each."""
    answers = ", ".join(f"{name}: {answer}" for name, answer in told["answers"].items())
    for name, value in (told | {"answers": answers}).items():
        if name != "log_trusted":
            yield f"{name:12} {value}"
    if not told["log_trusted"]:
        yield "Whose log it is is not proven: compare its key by --log-keys"


def _parts(data: bytes) -> dict[str, bytes]:
    try:
        parts: dict[str, bytes] = decode(data, limit=_LIMIT)
    except CoseError as error:
        raise Refused(f"this is no proof of an answer: {error}") from error
    whole = type(parts) is dict and parts.keys() == _PARTS
    if not whole or not all(type(part) is bytes for part in parts.values()):
        raise Refused("this is no proof of an answer: other parts than it has")
    return parts
