"""One file that says how a server is run: `tongban.toml`, typed, and refused as a whole.

It lies in the data folder, or where TONGBAN_CONFIG names it. Each key is one TONGBAN_
variable, `[iamsmart] client_id` being TONGBAN_IAMSMART_CLIENT_ID, and what the environment
says goes before the file. Only forms are looked at here; `settings` reads what they mean.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import msgspec

from ledger.errors import HomeUnusable
from service.sections import KEYS, Configuration, Key

NAME: Final = "tongban.toml"
VARIABLE: Final = "TONGBAN_CONFIG"


def configured(environ: Mapping[str, str], home: Path) -> dict[str, str]:
    """Return the `TONGBAN_...` variables there are, with those that the file gives besides.

    Raises `HomeUnusable` naming the key of the file that does not hold.
    """
    file = file_of(environ, home)
    if file is None:
        return dict(environ)
    given = read_file(file)
    # Of a secret and the file that holds it, the environment's is meant.
    said = {_of(name) for name in environ}
    kept = {name: text for name, text in given.items() if _of(name) not in said}
    return {**kept, **environ}


def whence(said: str, around: Mapping[str, str], given: Mapping[str, str]) -> str:
    """Say where the first variable that an error names is set, where that is the file."""
    for key in KEYS:
        if key.variable in given and re.match(rf"(set )?{key.variable}\b", said):
            return "" if key.variable in around else f" (it is {key} in the file of settings)"
    return ""


def file_of(environ: Mapping[str, str], home: Path) -> Path | None:
    """Return the file that counts, if there is one."""
    named = environ.get(VARIABLE)
    if named is not None:
        return Path(named)
    # A link that leads nowhere is no file that nobody wanted: reading it says so.
    return home / NAME if os.path.lexists(home / NAME) else None


def read_file(file: Path) -> dict[str, str]:
    """Return what `file` sets, by variable; raises `HomeUnusable` where it does not hold."""
    try:
        read = tomllib.loads(file.read_text(encoding="utf-8"))
        _refuse_unknown(read)
        found = msgspec.to_builtins(msgspec.convert(read, Configuration))
    except OSError as error:
        raise HomeUnusable(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, msgspec.ValidationError) as error:
        raise HomeUnusable(f"{file.name}: {error}") from error
    return {
        key.variable: _text(found[key.section][key.name], key, file.parent)
        for key in KEYS
        if key.name in found.get(key.section, {})
    }


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Say of each TONGBAN_ variable that nothing reads what was meant, as far as one can."""
    known = [*(key.variable for key in KEYS), "TONGBAN_HOME", VARIABLE]
    return [
        f"nothing reads {name}{_nearest(name, known)}"
        for name in sorted(environ)
        if name.startswith("TONGBAN_") and name not in known
    ]


def _refuse_unknown(read: Mapping[str, Any]) -> None:
    """Raise `ValueError` naming the first key nobody knows, and the nearest one there is."""
    sections = {key.section for key in KEYS}
    for section, table in read.items():
        if section not in sections:
            raise ValueError(f"there is no section [{section}]{_nearest(section, sections)}")
        if not isinstance(table, dict):
            raise ValueError(f"{section} is a section: write [{section}]")
        names = [key.name for key in KEYS if key.section == section]
        for name in table:
            if name not in names:
                raise ValueError(f"[{section}] has no {name!r}{_nearest(name, names)}")


def _nearest(name: str, known: Any) -> str:
    found = get_close_matches(name, known, n=1)
    return f"; did you mean {found[0]!r}?" if found else ""


def _of(name: str) -> str:
    return name.removesuffix("_FILE")


def _text(value: object, key: Key, folder: Path) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    # What is absolute stays as it is.
    return str(folder / str(value)) if key.kind == "path" else str(value)
