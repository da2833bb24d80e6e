"""Servers in processes of their own, started for a while, known by the address they print."""

import asyncio
import os
import re
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

from demo.errors import DemoFailed

HOST = "127.0.0.1"
SECONDS = 20.0
COMMAND = ("-c", "from cli import main; main()")
"""`tongban`, for this interpreter."""


@asynccontextmanager
async def server(
    *arguments: str, environ: Mapping[str, str] | None = None
) -> AsyncIterator[str]:
    """Run this interpreter with `arguments`; gives the address, and stops it again."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **(environ or {})},
    )
    try:
        yield await asyncio.wait_for(_address(process, arguments[1]), SECONDS)
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def tongban(*arguments: str, environ: Mapping[str, str] | None = None) -> str:
    """Run a command to its end and return what it prints, or raise `DemoFailed`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *COMMAND,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **(environ or {})},
    )
    out, err = await process.communicate()
    if process.returncode:
        said = (err or out).decode().strip()
        raise DemoFailed(f"tongban {' '.join(arguments)}: {said}")
    return out.decode()


def free_port() -> int:
    """Return a port that nothing listens on now."""
    with socket.create_server((HOST, 0)) as listening:
        return int(listening.getsockname()[1])


async def _address(process: asyncio.subprocess.Process, name: str) -> str:
    """Wait for the line in which a server says where it listens."""
    lines = process.stdout or asyncio.StreamReader()
    async for line in lines:
        found = re.search(r"http://[0-9.]+:[0-9]+", line.decode())
        if found is not None:
            return found.group()
    raise DemoFailed(f"{name} did not start")
