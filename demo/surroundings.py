"""The service and its counterparts, running on this machine for a while.

Hong Kong and Guangxi are simulators in processes of their own; the service is
the real one, with the data folder it was given.
"""

import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from aiohttp import ClientSession, web

from adapters.hk import IamSmartSettings
from demo.errors import DemoFailed
from demo.processes import HOST, server
from ledger.home import Home
from server import create_app
from service.own_root import own_roots
from service.partners import Partner
from service.settings import METHOD, Settings


@asynccontextmanager
async def service_with_simulators(settings: Settings, port: int) -> AsyncIterator[str]:
    """Run the service on `port` (0 takes any) with Hong Kong and Guangxi simulated.

    Everything else is as the settings say.
    """
    async with AsyncExitStack() as stack:
        listening = stack.enter_context(_listening(port))
        url = f"http://{HOST}:{listening.getsockname()[1]}"
        # Made before the simulators write into it, so that what it refuses leaves nothing.
        simulated = home_of(settings).folder / "simulators"
        key = simulated / "iamsmart-client.pem"
        secret = secrets.token_hex(16)
        root = own_roots(home_of(settings))[0]
        hong_kong = await stack.enter_async_context(
            server(
                "-m", "adapters.hk.simulator", "--port", "0",
                "--client-key", str(key),
                "--redirect-prefix", f"{url}/",
                environ={"IAMSMART_SIMULATOR_SECRET": secret},
            )
        )  # fmt: skip
        guangxi = await stack.enter_async_context(
            server(
                "-m", "adapters.panprd.simulator", "--port", "0",
                "--home", str(simulated / "CN-GX"),
                "--trust", f"CN-GD={root.public_key.hex()}@{url}",
            )
        )  # fmt: skip
        callback = f"{url}/v1/verifications/callbacks/{METHOD}"
        settings = replace(
            settings,
            public_url=url,
            sample_register=True,
            iamsmart=IamSmartSettings(
                base_url=hong_kong,
                client_id="tongban-trial",
                secret=secret,
                private_key=key.read_bytes(),
                redirect_uri=callback,
                callback_uri=callback,
                signature_issuers=await _authority(hong_kong),
            ),
            partners={"CN-GX": _enrol(guangxi, simulated / "CN-GX" / "root.pub")},
        )
        runner = web.AppRunner(create_app(settings), access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.SockSite(runner, listening).start()
        yield url


def home_of(settings: Settings) -> Home:
    """Return the home that the settings name, made if need be."""
    return Home(settings.home, secrets.token_bytes, settings.database)


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        raise DemoFailed(f"port {port} is taken: stop what listens, or give --port") from error


async def _authority(url: str) -> bytes:
    """Return the certificate of who certifies the simulator's signers, and nobody else."""
    async with ClientSession() as http, http.get(f"{url}/simulator/authority.pem") as response:
        return await response.read()


def _enrol(url: str, root: Path) -> Partner:
    return Partner(url=url, root=root.read_text())
