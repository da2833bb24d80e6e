"""Writing what a command makes: the file is there once it is whole."""

from collections.abc import Iterable
from pathlib import Path

from terminal.commands import Refused


def write_whole(file: Path, pieces: Iterable[bytes]) -> None:
    """Write `pieces` to `file`, or raise `Refused` and leave it as it was."""
    unfinished = file.with_name(f"{file.name}.part")
    try:
        with unfinished.open("wb") as part:
            part.writelines(pieces)
        unfinished.replace(file)
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)
