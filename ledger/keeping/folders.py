"""A folder that appears as a whole or not at all, and never over another.

It is filled beside its place under another name. What a process that was killed
left there is cleared by the next; two at once are told apart by a lock on the
folder itself, which goes with it when it is given its name.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree

from ledger.errors import HomeBusy
from ledger.home import sync_folder
from ledger.keeping.errors import BackupRefused


@contextmanager
def appearing(folder: Path) -> Iterator[Path]:
    """Give an empty folder that is called `folder` once the block ends without an error.

    Raises `BackupRefused` where something is there already, and `HomeBusy` while
    another process fills the same one.
    """
    _check_free(folder)
    unfinished = folder.with_name(f"{folder.name}.part")
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished.mkdir(exist_ok=True, mode=0o700)
    descriptor = os.open(unfinished, os.O_RDONLY)
    try:
        _hold(descriptor, unfinished)
        _check_free(folder)
        _clear(unfinished)
        yield unfinished
        sync_folder(unfinished)
        unfinished.rename(folder)
        sync_folder(folder.parent)
    except BaseException:
        if _is_still(descriptor, unfinished):
            rmtree(unfinished, ignore_errors=True)
        raise
    finally:
        os.close(descriptor)


def _check_free(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupRefused(f"{folder} is there already; name a folder that is not")


def _hold(descriptor: int, unfinished: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise HomeBusy(f"another process is writing {unfinished}; wait until it has") from error
    if not _is_still(descriptor, unfinished):
        raise HomeBusy(f"another process has just written {unfinished}; look at it first")


def _is_still(descriptor: int, unfinished: Path) -> bool:
    """Tell whether we hold the lock of the folder that has this name now."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.fstat(descriptor).st_ino == unfinished.stat().st_ino
    except OSError:
        return False


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            rmtree(path)
        else:
            path.unlink()
