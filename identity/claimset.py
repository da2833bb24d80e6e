"""Claims (RFC 8392) as frozen values: each field names its label and its form.

Reading is strict both ways: a missing, unknown or ill-formed claim is refused,
and what is written is checked as what is read is, so we issue nothing we would
refuse. Most is read by `cose.quick`; what it is not sure of is read by
`cose.decode`, which has the last word and names the reason.
"""

from typing import Any, TypeVar

import cose
from cose import quick
from identity.claim_forms import refuse
from identity.claim_layout import fields_of, laid_out, layouts_of
from identity.errors import TokenRefused

C = TypeVar("C")


def encode_claims(claims: Any, *, limit: int = cose.TOKEN_LIMIT) -> bytes:
    """Return the deterministic bytes of `claims`, of which there may be `limit`."""
    layout, found = laid_out(claims)
    values = layout.write(found)
    payload = quick.encode_map(layout.labels, values) or cose.encode(
        dict(zip(layout.labels, values, strict=True))
    )
    if len(payload) > limit:
        refuse(f"{len(payload)} bytes where at most {limit} are taken")
    return payload


def decode_claims(kind: type[C], payload: bytes, *, limit: int = cose.TOKEN_LIMIT) -> C:
    """Return the `kind` of claims that `payload` holds, or raise `TokenRefused`."""
    if len(payload) > limit:
        refuse(f"{len(payload)} bytes where at most {limit} are taken")
    found = _read_quickly(kind, payload) or _read_slowly(kind, payload, limit)
    return kind(**found)


def _read_quickly(kind: type, payload: bytes) -> dict[str, Any] | None:
    """Return the claims by name, or None where only `_read_slowly` can tell."""
    found = quick.decode_map(payload, layouts_of(kind))
    if found is None:
        return None
    layout, values = found
    return layout.read(values)


def _read_slowly(kind: type, payload: bytes, limit: int) -> dict[str, Any]:
    try:
        found = cose.decode(payload, limit=limit)
    except cose.CborRefused as error:
        raise TokenRefused(f"claims: {error}") from error
    known = fields_of(kind)
    if type(found) is not dict or not found.keys() <= {field.label for field in known}:
        refuse("not a map of the claims this token has")
    for field in known:
        if field.label not in found and not field.optional:
            refuse(f"{field.name} is missing")
    return layouts_of(kind)[tuple(found)].read([*found.values()])
