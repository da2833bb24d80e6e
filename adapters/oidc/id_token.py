"""Believing an ID token: the steps of OpenID Connect Core 1.0, 3.1.3.7, and no fewer.

Algorithms are ours to allow, never the token's to choose: none of them is symmetric, so
that nobody signs with what is public. Times are read against our own clock.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import jwt
from jwt.types import Options

from identity.errors import TokenRefused

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "ES384", "EdDSA")
SKEW: Final = timedelta(seconds=60)
_OLDEST: Final = timedelta(minutes=10)
_REQUIRED: Final = ("iss", "sub", "aud", "exp", "iat", "nonce")
_LONGEST: Final = 16_384
_OPTIONS: Final = Options(
    require=list(_REQUIRED), verify_exp=False, verify_iat=False, verify_nbf=False
)


def key_id(token: str) -> str | None:
    """Return which key `token` says it is signed with, or raise `TokenRefused`."""
    if len(token) > _LONGEST:
        raise TokenRefused("id_token: too long")
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise TokenRefused("id_token: malformed") from error
    if header.get("alg") not in ALGORITHMS:
        raise TokenRefused("id_token: an algorithm that we do not allow")
    kid = header.get("kid")
    return kid if isinstance(kid, str) else None


def verified(
    token: str,
    key: jwt.PyJWK,
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    now: datetime,
) -> dict[str, Any]:
    """Return the claims of a token that holds, or raise `TokenRefused`."""
    # 1. Signed with this key, by this issuer, and for us (2, 3 and 6 there).
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=list(ALGORITHMS),
            audience=client_id,
            issuer=issuer,
            options=_OPTIONS,
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise TokenRefused("id_token: not signed by the provider, or not for us") from error
    # 2. For nobody else besides us, or else to us as the one it was issued to (3, 4, 5).
    audience = claims["aud"]
    alone = audience == client_id or audience == [client_id]
    if claims.get("azp", client_id if alone else None) != client_id:
        raise TokenRefused("azp: issued to somebody else")
    # 3. Of now (9 and 10).
    # Between two times, as one at the end of all time has nothing beyond it to compare.
    if not moment(claims, "iat") - now <= SKEW or not now - moment(claims, "exp") < SKEW:
        raise TokenRefused("exp: not of now")
    if now - moment(claims, "iat") > _OLDEST or _not_before(claims) - now > SKEW:
        raise TokenRefused("iat: not of now")
    # 4. The answer to what was begun, and to nothing else (11).
    if claims["nonce"] != nonce:
        raise TokenRefused("nonce: of another sign-in")
    return claims


def moment(claims: Mapping[str, Any], name: str) -> datetime:
    """Return a claim that is a time (RFC 7519, 2), or raise `TokenRefused`."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenRefused(f"{name}: no time")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise TokenRefused(f"{name}: no time") from error


def _not_before(claims: Mapping[str, Any]) -> datetime:
    return moment(claims, "nbf" if "nbf" in claims else "iat")
