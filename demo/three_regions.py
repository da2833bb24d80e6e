"""Three regions, each in processes of its own: Guangdong, Guangxi, and Hong Kong simulated.

Guangdong and Guangxi are two real services with homes and logs of their own, which
enrol each other as operators would. Their residents are made up.
"""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.errors import DemoFailed
from demo.processes import COMMAND, HOST, SECONDS, free_port, server, tongban
from ledger.home import Home
from service.own_root import own_roots

GUANGDONG, GUANGXI = "CN-GD", "CN-GX"


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """One region's service."""

    name: str
    url: str
    folder: Path
    environ: Mapping[str, str]

    @property
    def home(self) -> Home:
        return Home(self.folder, secrets.token_bytes)

    async def command(self, *arguments: str) -> str:
        """Run a command of ours beside the service, and return what it prints."""
        return await tongban("--home", str(self.folder), *arguments, environ=self.environ)

    async def enrol(self, other: "Running") -> None:
        """Enrol `other` as a partner, its root compared."""
        root = own_roots(other.home)[0].public_key.hex()
        modes = (f"--mode={mode}" for mode in ("online", "collect", "joint"))
        agreed = (*modes, "--item=*", "--basis=*", "--ask=*", "--answer=*")
        options = ("--url", other.url, "--root", root, "--yes")
        await self.command("partner", "add", other.name, *options, *agreed)

    async def is_witnessed(self) -> bool:
        """Tell whether it and its partners have cosigned heads of each other's logs."""
        rows = json.loads(await self.command("agree", "--offline", "--json"))
        return all(row["we_cosigned"] and row["it_cosigned"] for row in rows)


async def until_witnessed(regions: Iterable[Running], *, seconds: float = SECONDS) -> None:
    """Wait until all have cosigned each other's logs, which each asks for now and then.

    Before that, both sides would agree on heads that nobody saw. Raises `DemoFailed`.
    """
    end = time.monotonic() + seconds
    for region in regions:
        while not await region.is_witnessed():
            if time.monotonic() > end:
                raise DemoFailed(f"{region.name} and its partner cosigned no log in time")
            await asyncio.sleep(_PAUSE)


@asynccontextmanager
async def three_regions(folder: Path) -> AsyncIterator[tuple[Running, Running]]:
    """Run the three with their homes in `folder`; gives Guangdong and Guangxi."""
    async with AsyncExitStack() as stack:
        key, secret = folder / "iamsmart-client.pem", secrets.token_hex(16)
        port = free_port()
        hong_kong = await stack.enter_async_context(
            server(
                "-m", "adapters.hk.simulator", "--port", "0",
                "--client-key", str(key),
                "--redirect-prefix", f"http://{HOST}:{port}/",
                environ={"IAMSMART_SIMULATOR_SECRET": secret},
            )
        )  # fmt: skip
        iamsmart = {
            "TONGBAN_IAMSMART_URL": hong_kong,
            "TONGBAN_IAMSMART_CLIENT_ID": "tongban-trial",
            "TONGBAN_IAMSMART_SECRET": secret,
            "TONGBAN_IAMSMART_KEY_FILE": str(key),
        }
        guangdong = await stack.enter_async_context(_region(GUANGDONG, folder, port, iamsmart))
        guangxi = await stack.enter_async_context(_region(GUANGXI, folder, free_port(), {}))
        await guangdong.enrol(guangxi)
        await guangxi.enrol(guangdong)
        yield guangdong, guangxi


@asynccontextmanager
async def _region(
    name: str, folder: Path, port: int, environ: Mapping[str, str]
) -> AsyncIterator[Running]:
    home = folder / name
    given = {
        "TONGBAN_REGION": name,
        "TONGBAN_PUBLIC_URL": f"http://{HOST}:{port}",
        "TONGBAN_SAMPLE_REGISTER": "yes",
        "TONGBAN_LOG_LEVEL": "warning",
        **environ,
    }
    command = (*COMMAND, "--home", str(home), "serve", "--port", str(port))
    async with server(*command, environ=given) as url:
        yield Running(name=name, url=url, folder=home, environ=given)


_PAUSE = 0.3
