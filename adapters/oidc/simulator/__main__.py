"""`python -m adapters.oidc.simulator`: the simulator of a provider at which staff sign in."""

import secrets
import socket
from datetime import UTC, datetime

import click
from aiohttp import web

from adapters.oidc.simulator import OidcSimulator

STAFF = {
    "a clerk": {"sub": "clerk-7", "groups": ["clerks"]},
    "a reviewer": {"sub": "reviewer-7", "groups": ["reviewers"]},
    "a supervisor": {"sub": "supervisor-7", "groups": ["supervisors"]},
}
"""Made up, all of them."""


@click.command()
@click.option("--port", default=8822, show_default=True, help="0 takes any free port.")
@click.option("--client-id", default="tongban-trial", show_default=True)
@click.option(
    "--redirect-uri", default="http://127.0.0.1:8080/v1/staff/callback", show_default=True
)
def main(port: int, client_id: str, redirect_uri: str) -> None:
    """Simulate a provider for trying out signing in. This is not a real one."""
    listening = socket.create_server(("127.0.0.1", port))
    issuer = f"http://127.0.0.1:{listening.getsockname()[1]}"
    simulator = OidcSimulator(
        issuer=issuer,
        client_id=client_id,
        redirect_uri=redirect_uri,
        staff=STAFF,
        clock=lambda: datetime.now(UTC),
        random=secrets.token_bytes,
    )
    click.echo(f"OpenID Connect SIMULATOR (not a real provider) ready at {issuer}")
    web.run_app(simulator.app(), sock=listening, print=None, access_log=None)


if __name__ == "__main__":
    main()
