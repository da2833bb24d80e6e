"""A small OpenID Connect provider for trying out signing in: it names itself a simulator.

Whoever opens its page may be anyone it knows of. It speaks the protocol over real HTTP:
codes count once, for one client, redirect URI and PKCE verifier (RFC 7636, 4.6).
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from html import escape
from typing import Any, Final
from urllib.parse import urlencode

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec

from adapters.oidc.client import basic

_LIFETIME: Final = 300
ALGORITHM: Final = "ES256"


@dataclass(slots=True, kw_only=True)
class OidcSimulator:
    """Knows `staff`: a name on its page, and the claims of whoever is taken for it."""

    issuer: str
    client_id: str
    redirect_uri: str
    secret: str | None = field(default=None, repr=False)
    staff: Mapping[str, Mapping[str, Any]]
    clock: Callable[[], datetime]
    random: Callable[[int], bytes]
    keys: dict[str, ec.EllipticCurvePrivateKey] = field(default_factory=dict, repr=False)
    codes: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)
    tokens_at: str | None = None
    """Where else its tokens are had, for trying a provider that lies."""
    odd: list[dict[str, Any]] = field(default_factory=list, repr=False)
    """Keys that it publishes before its own, for trying one that publishes what it likes."""

    def rotate(self) -> None:
        """Sign with a new key from now on, and publish no other."""
        self.keys = {self.random(8).hex(): ec.generate_private_key(ec.SECP256R1())}

    def app(self) -> web.Application:
        """Return it as an application of its own."""
        if not self.keys:
            self.rotate()
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._discovery)
        app.router.add_get("/jwks", self._jwks)
        app.router.add_get("/authorize", self._authorize)
        app.router.add_post("/token", self._token)
        return app

    async def _discovery(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": self.tokens_at or f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": [ALGORITHM],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def _jwks(self, _: web.Request) -> web.Response:
        to_jwk = jwt.algorithms.ECAlgorithm.to_jwk
        keys = [
            {**to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig"}
            for kid, key in self.keys.items()
        ]
        return web.json_response({"keys": [*self.odd, *keys]})

    async def _authorize(self, request: web.Request) -> web.Response:
        """Ask who it is; `as` names one of the staff, as the links on the page do."""
        asked = dict(request.query)
        right = (self.client_id, self.redirect_uri, "code", "S256")
        names = ("client_id", "redirect_uri", "response_type", "code_challenge_method")
        if tuple(asked.get(name) for name in names) != right:
            raise web.HTTPBadRequest(text="not a request of the client that is known here")
        chosen = asked.get("as")
        if chosen not in self.staff:
            ways = {name: escape(urlencode({**asked, "as": name})) for name in self.staff}
            links = "".join(
                f'<p><a href="?{way}">{escape(name)}</a></p>' for name, way in ways.items()
            )
            page = f"<!doctype html><p>Simulator: sign in as whom?</p>{links}"
            return web.Response(text=page, content_type="text/html")
        code = self.random(16).hex()
        self.codes[code] = {**asked, "as": str(chosen)}
        back = {"code": code, "state": asked.get("state", ""), "iss": self.issuer}
        raise web.HTTPSeeOther(f"{self.redirect_uri}?{urlencode(back)}")

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        asked = self.codes.pop(str(form.get("code")), None)
        challenge = sha256(str(form.get("code_verifier")).encode()).digest()
        proven = urlsafe_b64encode(challenge).rstrip(b"=").decode()
        known = form.get("client_id") == self.client_id and self._is_client(request)
        if asked is None or not known or asked["code_challenge"] != proven:
            return web.json_response({"error": "invalid_grant"}, status=400)
        token = self.id_token(asked["as"], nonce=asked.get("nonce", ""))
        return web.json_response({"token_type": "Bearer", "id_token": token})

    def id_token(self, name: str, *, nonce: str, **changes: Any) -> str:
        """Return a token about one of the staff, with `changes` to what it says."""
        [(kid, key)] = self.keys.items()
        now = int(self.clock().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": self.client_id,
            "iat": now,
            "exp": now + _LIFETIME,
            "auth_time": now,
            "nonce": nonce,
            **self.staff[name],
            **changes,
        }
        return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": kid})

    def _is_client(self, request: web.Request) -> bool:
        if self.secret is None:
            return True
        told = request.headers.get("Authorization", "")
        return told == basic(self.client_id, self.secret)
