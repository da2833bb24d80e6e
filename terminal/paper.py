"""What a code on paper says, as `tongban check-code` tells it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cose import KeyRecord
from identity import decode_keys
from identity.errors import TokenRefused
from identity.paper import PaperCode, read_code
from identity.trust import Trust
from terminal.commands import Refused


class OneRegion(Trust):
    """A key set names no region: whoever trusts it trusts what its codes say of that."""

    def __init__(self, data: bytes) -> None:
        super().__init__({})
        self._records = decode_keys(data)

    def find(self, issuer: str, kid: bytes, typ: str) -> KeyRecord:
        self.put(issuer, self._records)
        return super().find(issuer, kid, typ)


def opened(code: str, keys: bytes, now: datetime) -> PaperCode:
    """Return what `code` says, or raise `Refused` with the step that refused it."""
    try:
        return read_code(code.strip(), OneRegion(keys), now=now)
    except TokenRefused as error:
        raise Refused(f"this is no code of these keys: {error}") from error


def paper_shown(code: PaperCode, now: datetime) -> dict[str, Any]:
    """Return a code as JSON has it."""
    return {
        "verdict": _verdict(code, now),
        "issuer": code.issuer,
        "purpose": code.purpose,
        "result": code.result,
        "issued_at": code.issued_at.isoformat(),
        "expires_at": code.expires_at.isoformat(),
        "id": code.cti.hex(),
    }


def paper_lines(code: PaperCode, now: datetime) -> Iterator[str]:
    """Yield what a code says, a line each."""
    told = paper_shown(code, now)
    for name in ("verdict", "issuer", "purpose", "result"):
        yield f"{name:9} {told[name]}"
    yield f"{'issued':9} {code.issued_at:%Y-%m-%d}"
    yield f"{'until':9} {code.expires_at:%Y-%m-%d}"
    yield "Whether it was revoked since, only the region can tell: /v1/codes/check"


def _verdict(code: PaperCode, now: datetime) -> str:
    return "genuine" if now < code.expires_at else "expired"
