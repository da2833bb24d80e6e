"""An OpenID Connect provider over HTTP: discovery, its page, its tokens, its keys.

Redirects are not followed and answers are short. What the provider publishes is kept for
ten minutes; a key that is not known is looked for at once, though not more than every ten
seconds, so that it may exchange its keys.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote_plus, urlencode, urlsplit

import jwt
import msgspec
from aiohttp import ClientError, ClientSession, ClientTimeout

from adapters.oidc.id_token import key_id, moment, verified
from identity.errors import CallbackRefused, ProviderUnavailable, TokenRefused
from identity.ports import ProvenStaff

_LONGEST: Final = 65_535
_KEPT: Final = timedelta(minutes=10)
_LOOK_AGAIN: Final = timedelta(seconds=10)
_KINDS: Final = ("RSA", "EC", "OKP")
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """Who the provider is, and who we are there. Without a `secret` PKCE alone protects."""

    issuer: str
    client_id: str
    secret: str | None = field(default=None, repr=False)
    redirect_uri: str

    def __post_init__(self) -> None:
        if not _may_be_asked(self.issuer):
            raise ValueError("the issuer: https, please, or this machine")


class OidcClient:
    """The port `StaffProvider`, spoken to one provider."""

    def __init__(
        self,
        settings: OidcSettings,
        session: ClientSession,
        clock: Callable[[], datetime],
        *,
        seconds: float = 10,
    ) -> None:
        self._settings = settings
        self._session = session
        self._clock = clock
        self._timeout = ClientTimeout(total=seconds)
        self._found: tuple[datetime, Mapping[str, Any]] | None = None
        self._keys: tuple[datetime, dict[str | None, jwt.PyJWK]] | None = None

    async def page(self, *, state: str, nonce: str, challenge: str) -> str:
        """Return the address of its page (OpenID Connect Core 1.0, 3.1.2.1)."""
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._settings.redirect_uri,
            "scope": "openid",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        endpoint: str = (await self._discovered())["authorization_endpoint"]
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    def check_issuer(self, issuer: str | None) -> None:
        """Raise `CallbackRefused` where another answers, or ours has to say who it is."""
        found: Mapping[str, Any] = {} if self._found is None else self._found[1]
        says_so = found.get("authorization_response_iss_parameter_supported") is True
        if issuer != self._settings.issuer and (issuer is not None or says_so):
            raise CallbackRefused("iss: another provider than was asked")

    async def prove(self, *, code: str, verifier: str, nonce: str) -> ProvenStaff:
        """Redeem `code`; only what stands in the signed ID token counts."""
        settings, found = self._settings, await self._discovered()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": settings.redirect_uri,
            "code_verifier": verifier,
            "client_id": settings.client_id,
        }
        answer = await self._asked("POST", found["token_endpoint"], form)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise TokenRefused("id_token: none was given")
        claims = verified(
            token,
            await self._key(key_id(token)),
            issuer=settings.issuer,
            client_id=settings.client_id,
            nonce=nonce,
            now=self._clock(),
        )
        since = moment(claims, "auth_time" if "auth_time" in claims else "iat")
        return ProvenStaff(claims=claims, authenticated_at=min(since, self._clock()))

    async def _discovered(self) -> Mapping[str, Any]:
        """Return what the provider says of itself (OpenID Connect Discovery 1.0, 4.3)."""
        if self._found is None or self._clock() - self._found[0] >= _KEPT:
            issuer = self._settings.issuer
            place = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
            found = await self._asked("GET", place)
            if found.get("issuer") != issuer:
                raise ProviderUnavailable("the provider says it is another")
            for name in _ENDPOINTS:
                if not isinstance(found.get(name), str) or not _may_be_asked(found[name]):
                    raise ProviderUnavailable(f"the provider has no {name} to be asked at")
            self._found = self._clock(), found
        return self._found[1]

    async def _key(self, kid: str | None) -> jwt.PyJWK:
        now = self._clock()
        if self._keys is not None:
            at, known = self._keys
            fresh = now - at < (_KEPT if kid in known else _LOOK_AGAIN)
            if fresh and kid in known:
                return known[kid]
            if fresh:
                raise TokenRefused("kid: no key of the provider")
        found = await self._asked("GET", (await self._discovered())["jwks_uri"])
        self._keys = now, _usable(found)
        if kid not in self._keys[1]:
            raise TokenRefused("kid: no key of the provider")
        return self._keys[1][kid]

    async def _asked(
        self, method: str, url: str, form: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        settings, headers = self._settings, {"Accept": "application/json"}
        if form is not None and settings.secret is not None:
            headers["Authorization"] = basic(settings.client_id, settings.secret)
        try:
            async with self._session.request(
                method,
                url,
                data=form,
                timeout=self._timeout,
                allow_redirects=False,
                headers=headers,
            ) as response:
                body = b""
                async for piece in response.content.iter_chunked(_LONGEST):
                    body += piece
                    if len(body) > _LONGEST:
                        break
                if response.status == 400 and form is not None:
                    raise TokenRefused("code: the provider does not take it")
                if response.status != 200 or len(body) > _LONGEST:
                    raise ProviderUnavailable("the provider gave no answer of use")
            return msgspec.json.decode(body, type=dict[str, Any])
        except (ClientError, TimeoutError, msgspec.DecodeError, RecursionError) as error:
            raise ProviderUnavailable("the provider could not be reached") from error


def basic(client_id: str, secret: str) -> str:
    """Return how a client proves itself (RFC 6749, 2.3.1)."""
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return f"Basic {b64encode(pair.encode()).decode()}"


def _usable(found: Mapping[str, Any]) -> dict[str | None, jwt.PyJWK]:
    """Return those of the provider's keys that may sign; a symmetric one never does."""
    listed = found.get("keys")
    usable: dict[str | None, jwt.PyJWK] = {}
    for each in listed if isinstance(listed, list) else []:
        if not isinstance(each, dict) or each.get("kty") not in _KINDS:
            continue
        if each.get("use", "sig") != "sig":
            continue
        try:
            usable[each.get("kid")] = jwt.PyJWK.from_dict(each)
        except (jwt.PyJWTError, TypeError, ValueError):
            # Whatever a key is made of, one that is odd takes none of the others away.
            continue
    return usable


def _may_be_asked(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    here = parts.hostname in ("127.0.0.1", "localhost", "::1")
    return parts.scheme == "https" or (parts.scheme == "http" and here)
