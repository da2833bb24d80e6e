"""Files that are whole or not there, whatever stops the process that writes them."""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp


def overwrite(path: Path) -> None:
    """Destroy the secret in `path`; the file stays, as of when it was made."""
    made = path.stat().st_mtime
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    os.utime(path, (made, made))


def write_durably(path: Path, data: bytes, *, made: float | None = None) -> None:
    """Let `path` hold all of `data`, unless it is there already; it is never half written.

    `made` dates it earlier than now.
    """
    descriptor, unfinished = mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        if made is not None:
            os.utime(unfinished, (made, made))
        # Of two first starts at once, the first to link wins and both read its secret.
        with suppress(FileExistsError):
            os.link(unfinished, path)
    finally:
        Path(unfinished).unlink()
    sync_folder(path.parent)


def replace_durably(path: Path, data: bytes) -> None:
    """Let `path` hold `data` in place of what it held; it is never half written."""
    unfinished = path.with_name(f".{path.name}.part")
    with unfinished.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
