"""The service and its counterparts, running on this machine for a while.

Hong Kong and Guangxi are simulators in processes of their own; the service is
the real one, with the data folder it was given.
"""

import asyncio
import os
import re
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

from aiohttp import ClientSession, web

from adapters.hk import IamSmartSettings
from demo.errors import DemoFailed
from ledger.home import Home
from server import create_app
from service.key_publishing import own_roots
from service.partners import Partner
from service.settings import METHOD, Settings

HOST = "127.0.0.1"
SECONDS = 20.0


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
            _simulator(
                "adapters.hk.simulator",
                "--client-key", str(key),
                "--redirect-prefix", f"{url}/",
                environ={"IAMSMART_SIMULATOR_SECRET": secret},
            )
        )  # fmt: skip
        guangxi = await stack.enter_async_context(
            _simulator(
                "adapters.panprd.simulator",
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


@asynccontextmanager
async def _simulator(
    module: str, *arguments: str, environ: Mapping[str, str] | None = None
) -> AsyncIterator[str]:
    """Run a simulator in a process of its own, and stop it again."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        "--port",
        "0",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, **(environ or {})},
    )
    try:
        yield await asyncio.wait_for(_address(process, module), SECONDS)
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def _address(process: asyncio.subprocess.Process, module: str) -> str:
    """Wait for the line in which a simulator says where it listens."""
    lines = process.stdout or asyncio.StreamReader()
    async for line in lines:
        found = re.search(r"http://[0-9.]+:[0-9]+", line.decode())
        if found is not None:
            return found.group()
    raise DemoFailed(f"{module} did not start")
