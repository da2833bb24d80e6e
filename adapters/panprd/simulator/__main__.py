"""Start a simulated partner region: `python -m adapters.panprd.simulator --help`.

It listens on this machine only and never runs unless asked.
"""

import secrets
import socket
from datetime import UTC, datetime
from pathlib import Path

import click
from aiohttp import web

from adapters.panprd.simulator.app import Setting, create_app
from adapters.panprd.simulator.askers import Source
from adapters.panprd.simulator.keys import load_keys
from cose import CoseError
from identity.key_set import root_record

HOST = "127.0.0.1"


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), required=True, help="0 takes any.")
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--region", default="CN-GX", show_default=True)
@click.option(
    "--trust",
    "askers",
    multiple=True,
    metavar="ISSUER=ROOT@FILE_OR_URL",
    help="Whom to answer, its root, and its signed key set. May be given again.",
)
def main(port: int, home: Path, region: str, askers: tuple[str, ...]) -> None:
    """Simulate a partner region with made-up residents."""
    setting = Setting(
        region=region,
        keys=load_keys(home, secrets.token_bytes),
        askers=dict(_asker(each) for each in askers),
        clock=lambda: datetime.now(UTC),
        random_bytes=secrets.token_bytes,
    )
    listening = socket.create_server((HOST, port))
    url = f"http://{HOST}:{listening.getsockname()[1]}"
    web.run_app(
        create_app(setting),
        sock=listening,
        access_log=None,
        print=lambda _: print(f"simulator of {region} ready at {url}", flush=True),
    )


def _asker(option: str) -> tuple[str, Source]:
    issuer, _, named = option.partition("=")
    root, _, place = named.partition("@")
    try:
        source = Source(root_record(bytes.fromhex(root)).public_key, place)
    except (ValueError, CoseError) as error:
        raise click.BadParameter(_FORM, param_hint="--trust") from error
    if not (issuer and place):
        raise click.BadParameter(_FORM, param_hint="--trust")
    return issuer, source


_FORM = "write ISSUER=ROOT@FILE_OR_URL"


if __name__ == "__main__":
    main()
