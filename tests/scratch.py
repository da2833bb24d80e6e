"""Where tests write: in memory where there is room, or they mostly wait for the disk.

What is synced stays synced: a process that is killed loses nothing there either.
"""

import os
import tempfile
from pathlib import Path

_MEMORY = Path("/dev") / "shm"
_ROOM = 2 << 30


def write_in_memory() -> None:
    """Let temporary folders be made in memory, also by programs that tests start.

    Not where `TMPDIR` names another place, there is little room, or what is compiled
    there may not run.
    """
    if "TMPDIR" in os.environ or not os.access(_MEMORY, os.W_OK):
        return
    told = os.statvfs(_MEMORY)
    if told.f_bavail * told.f_frsize >= _ROOM and not told.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None
