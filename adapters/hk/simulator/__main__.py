"""`python -m adapters.hk.simulator`: the iAM Smart simulator in its own process.

The RSA key is the client's. It is made where none is yet, so that the client can be
started after it with the same file.
"""

import os
import secrets
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import click
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from adapters.hk.options import HashCode
from adapters.hk.simulator import SimulatorSettings, create_app
from adapters.hk.simulator.desk import DESK
from adapters.hk.simulator.switches import Switch, Switches, read_switch
from adapters.hk.wire import Credentials
from adapters.hk.wrapping import RsaPadding

VARIABLE = "IAMSMART_SIMULATOR_SECRET"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8811, show_default=True, help="0 takes any free port.")
@click.option("--client-id", default="tongban-trial", show_default=True)
@click.option(
    "--client-secret",
    envvar=VARIABLE,
    default="simulator-trial-secret",
    help=f"Better given in {VARIABLE}, or as a file.",
)
@click.option("--client-secret-file", type=click.File())
@click.option(
    "--client-key",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("var/iamsmart-simulator-client.pem"),
    show_default=True,
    help="The client's RSA key, PEM; a private one is made if there is none.",
)
@click.option("--rsa-padding", type=click.Choice(RsaPadding), default=RsaPadding.OAEP_SHA256)
@click.option("--hash-code", type=click.Choice(HashCode), default=HashCode.BASE64)
@click.option("--redirect-prefix", default="http://127.0.0.1:", show_default=True)
@click.option(
    "--switch",
    "switches",
    multiple=True,
    metavar="NAME[=TIMES]",
    help=f"What goes wrong from the start: {', '.join(Switch)}.",
)
@click.option("--slow-seconds", default=15.0, show_default=True, help="How slow `slow` is.")
@click.option(
    "--late-seconds", default=90.0, show_default=True, help="How late `callback-late`."
)
def main(
    host: str,
    port: int,
    client_id: str,
    client_secret: str,
    client_secret_file: TextIO | None,
    client_key: Path,
    rsa_padding: RsaPadding,
    hash_code: HashCode,
    redirect_prefix: str,
    switches: tuple[str, ...],
    slow_seconds: float,
    late_seconds: float,
) -> None:
    """Simulate iAM Smart for trying things out. This is not the real service."""
    secret = client_secret_file.read().strip() if client_secret_file else client_secret
    settings = SimulatorSettings(
        credentials=Credentials(client_id=client_id, secret=secret),
        public_key=_public_key(client_key),
        rsa_padding=rsa_padding,
        hash_code=hash_code,
        redirect_prefix=redirect_prefix,
        slow_seconds=slow_seconds,
        late_seconds=late_seconds,
    )
    app = create_app(
        settings, clock=lambda: datetime.now(UTC), random_bytes=secrets.token_bytes
    )
    _turn(app[DESK].switches, switches)
    listening = socket.create_server((host, port))
    address = f"http://{host}:{listening.getsockname()[1]}"
    click.echo(
        f"iAM Smart SIMULATOR (not the real service) ready at {address}"
        f" for client {client_id}, RSA key {client_key}"
    )
    web.run_app(app, sock=listening, print=None, access_log=None)


def _turn(switches: Switches, texts: tuple[str, ...]) -> None:
    try:
        switches.set(dict(read_switch(text) for text in texts))
    except ValueError as error:
        names = ", ".join(Switch)
        raise click.ClickException(f"--switch is one of {names}, or such a name=2") from error


def _public_key(path: Path) -> RSAPublicKey:
    if not path.exists():
        _make_key(path)
    try:
        pem = path.read_bytes()
        is_private = b"PRIVATE KEY" in pem
        key = load_pem_private_key(pem, None) if is_private else load_pem_public_key(pem)
    except (OSError, ValueError, TypeError) as error:
        raise click.ClickException(f"{path} is not a readable, unencrypted PEM key") from error
    if isinstance(key, RSAPrivateKey):
        return key.public_key()
    if isinstance(key, RSAPublicKey):
        return key
    raise click.ClickException(f"{path} is not an RSA key")


def _make_key(path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)


if __name__ == "__main__":
    main()
