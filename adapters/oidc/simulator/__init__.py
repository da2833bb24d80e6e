"""A provider for trying out signing in; it is a simulator and says so."""

from adapters.oidc.simulator.provider import OidcSimulator

__all__ = ["OidcSimulator"]
