"""Writing what a command makes: the file is there once it is whole."""

from collections.abc import Iterable
from pathlib import Path

from terminal.commands import Refused


def write_whole(file: Path, pieces: Iterable[bytes]) -> None:
    """Write `pieces` to `file`, or raise `Refused` and leave it as it was.

    What is put in its place would be a file, so a device or a pipe is refused; of a link
    it is what the link leads to that is replaced.
    """
    there = file.resolve()
    if there.exists() and not there.is_file():
        raise Refused(f"{file} is a device or a pipe: name a file, which is written whole")
    unfinished = there.with_name(f"{there.name}.part")
    try:
        with unfinished.open("wb") as part:
            part.writelines(pieces)
        unfinished.replace(there)
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)
