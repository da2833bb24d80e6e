"""The disk as a scenario sees it: it works, until it is told to fail."""

import mmap
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EIO, ENOSPC
from pathlib import Path

_LAYOUT = struct.Struct("iiiii108s")
_WRITES, _SYNCS, _READS = 1, 2, 4
_FOR_EVER = 1 << 30
COMPILER = shutil.which("cc")


class Disk:
    """Controls the shim of this process through the file both map."""

    def __init__(self, control: Path) -> None:
        with control.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _LAYOUT.size)

    @contextmanager
    def full(self, path: str) -> Iterator[None]:
        """No write to a file whose path holds `path` finds room."""
        with self._failing(_WRITES, ENOSPC, path):
            yield

    @contextmanager
    def unsynced(self, path: str, *, spared: int = 0, times: int = _FOR_EVER) -> Iterator[None]:
        """Nothing reaches the disk, from the call after `spared` ones, `times` over."""
        with self._failing(_SYNCS, EIO, path, spared, times):
            yield

    @contextmanager
    def unreadable(self, path: str) -> Iterator[None]:
        """No read gets anything."""
        with self._failing(_READS, EIO, path):
            yield

    @property
    def failed(self) -> int:
        """How many calls have failed since the last fault began."""
        return int(_LAYOUT.unpack(self._memory[: _LAYOUT.size])[4])

    @contextmanager
    def _failing(
        self, kinds: int, error: int, path: str, spared: int = 0, times: int = _FOR_EVER
    ) -> Iterator[None]:
        self._set(kinds, error, spared, times, path)
        try:
            yield
            assert self.failed, f"nothing was asked of {path}, so nothing failed"
        finally:
            self._memory[0:4] = bytes(4)

    def _set(self, kinds: int, error: int, spared: int, times: int, path: str) -> None:
        whole = _LAYOUT.pack(kinds, error, spared, times, 0, path.encode())
        self._memory[4 : len(whole)] = whole[4:]
        self._memory[0:4] = whole[0:4]


def compiled(folder: Path) -> Path:
    """Compile the shim into `folder`."""
    library = folder / "shim.so"
    source = Path(__file__).with_name("shim.c")
    assert COMPILER is not None
    command = (COMPILER, "-O1", "-shared", "-fPIC", "-o", library, source)
    subprocess.run(command, check=True)
    return library


def run_scenario(name: str, library: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one scenario in a process whose disk can fail."""
    control = folder / "faults"
    control.write_bytes(bytes(_LAYOUT.size))
    return subprocess.run(
        (sys.executable, "-m", "tests.faults.scenarios", name, folder),
        env={**os.environ, "LD_PRELOAD": str(library), "FAULTS": str(control)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
