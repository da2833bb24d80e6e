"""iAM Smart's wire: signed headers and sealed bodies.

The signature runs its fields together without separators, so `check` holds each
to one shape: otherwise a digit could wander from the nonce into the timestamp.
"""

import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar
from urllib.parse import quote, unquote

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

API = "/api/v1"
SIGNATURE_METHOD = "HmacSHA256"
SKEW = timedelta(seconds=60)
MAX_BODY = 64 * 1024
KEY_LENGTH = 32
IV_LENGTH = 12

OK = "D00000"
CANCELLED, REJECTED, TIMED_OUT = "D40000", "D40001", "D40003"
DECLINED = {CANCELLED: "cancelled", REJECTED: "rejected", TIMED_OUT: "timed out"}

T = TypeVar("T")


class WireError(Exception):
    """Bytes that are not what the protocol says, or that are not authentic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What iAM Smart gave one service to sign with; both directions use it."""

    client_id: str
    secret: str = field(repr=False)


class Message(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A JSON object on the wire; it shows its kind and never what is in it."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"


class Sealed(Message, frozen=True, kw_only=True):
    """The body of a request: everything else is inside `content`."""

    content: str


class Result(Message, Generic[T], frozen=True, kw_only=True):
    """The envelope of every answer and callback."""

    tx_id: str = msgspec.field(name="txID", default="")
    code: str
    message: str = ""
    content: T | None = None
    secret_key: str | None = None


def sign(body: bytes, credentials: Credentials, *, at: datetime, nonce: str) -> dict[str, str]:
    """Return the headers that make `body` ours."""
    timestamp = str(milliseconds(at))
    return {
        "clientID": credentials.client_id,
        "signatureMethod": SIGNATURE_METHOD,
        "timestamp": timestamp,
        "nonce": nonce,
        "signature": quote(_signature(credentials, timestamp, nonce, body), safe=""),
    }


def check(
    headers: Mapping[str, str], body: bytes, credentials: Credentials, *, now: datetime
) -> str:
    """Return the nonce of a message signed for `credentials`, or raise `WireError`."""
    fields = {name.lower(): value for name, value in headers.items()}
    timestamp, nonce = fields.get("timestamp", ""), fields.get("nonce", "")

    # 1. Every field is there, in its one shape.
    if not (_TIMESTAMP.fullmatch(timestamp) and _NONCE.fullmatch(nonce)):
        raise WireError("the timestamp or nonce is missing or malformed")
    if fields.get("signaturemethod") != SIGNATURE_METHOD:
        raise WireError(f"the signature method is not {SIGNATURE_METHOD}")

    # 2. It is addressed to this client, and fresh.
    if fields.get("clientid") != credentials.client_id:
        raise WireError("the message is for another client")
    if abs(now - instant(int(timestamp))) > SKEW:
        raise WireError("the timestamp is too far from our clock")

    # 3. The signature covers all of it.
    received = unquote(fields.get("signature", "")).encode("utf-8", "replace")
    if not hmac.compare_digest(
        received, _signature(credentials, timestamp, nonce, body).encode()
    ):
        raise WireError("the signature does not match")
    return nonce


def seal(plain: bytes, key: bytes, *, iv: bytes) -> str:
    """Encrypt `plain` and lay it out as `content`; `iv` must never be used twice."""
    layout = len(iv).to_bytes(4, "big") + iv + AESGCM(key).encrypt(iv, plain, None)
    return b64encode(layout).decode()


def unseal(content: str, key: bytes) -> bytes:
    """Return what `content` hides, or raise `WireError`."""
    layout = unbase64(content)
    iv, sealed = layout[4 : 4 + IV_LENGTH], layout[4 + IV_LENGTH :]
    if layout[:4] != IV_LENGTH.to_bytes(4, "big"):
        raise WireError("the content does not begin with a twelve-byte IV")
    try:
        return AESGCM(key).decrypt(iv, sealed, None)
    except (InvalidTag, ValueError) as error:
        raise WireError("the content does not open with this key") from error


def unbase64(text: str) -> bytes:
    """Return the bytes `text` writes, or raise `WireError`; junk between is not skipped."""
    try:
        return b64decode(text, validate=True)
    except ValueError as error:
        raise WireError("a field is not Base64") from error


def decode(body: bytes, kind: type[T]) -> T:
    """Return `body` as `kind`, or raise `WireError`."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # A `UnicodeDecodeError` carries the bytes, and they may be a person's.
        raise WireError("the body is not the JSON we expect") from None


def encode(message: Message) -> bytes:
    """Return `message` as JSON."""
    return msgspec.json.encode(message)


def milliseconds(at: datetime) -> int:
    """Return `at` as the protocol writes times."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def instant(written: int) -> datetime:
    """Return the time that `milliseconds` wrote."""
    return _EPOCH + timedelta(milliseconds=written)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIMESTAMP = re.compile(r"[0-9]{13}")
_NONCE = re.compile(r"[0-9A-Za-z-]{16,64}")


def _signature(credentials: Credentials, timestamp: str, nonce: str, body: bytes) -> str:
    head = credentials.client_id + SIGNATURE_METHOD + timestamp + nonce
    mac = hmac.digest(credentials.secret.encode(), head.encode() + body, "sha256")
    return b64encode(mac).decode()
