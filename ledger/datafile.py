"""Reading the data files that ship with the package or that an operator adds.

One JSON file is one struct. A file that does not fit stops the start, with a
message naming the file and, as msgspec writes it, the field.
"""

from importlib.resources.abc import Traversable
from typing import TypeVar

import msgspec

from ledger.errors import LedgerError

T = TypeVar("T")


def read(file: Traversable, kind: type[T], refusal: type[LedgerError]) -> T:
    """Return what `file` holds, or raise `refusal`."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise refusal(f"{file.name}: {error}") from error


def read_folder(folder: Traversable, kind: type[T], refusal: type[LedgerError]) -> dict[str, T]:
    """Return every `.json` file of `folder`, by its name without the ending."""
    if not folder.is_dir():
        raise refusal(f"{folder}: there is no such folder")
    files = [file for file in folder.iterdir() if file.name.endswith(".json")]
    return {
        file.name.removesuffix(".json"): read(file, kind, refusal)
        for file in sorted(files, key=lambda file: file.name)
    }
