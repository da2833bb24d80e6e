"""Those who work here, at an OpenID Connect provider of their own."""

from adapters.oidc.client import OidcClient, OidcSettings

__all__ = ["OidcClient", "OidcSettings"]
