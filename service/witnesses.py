"""Which logs we watch as their witness, and which witnesses watch ours: two small files."""

from collections import defaultdict
from pathlib import Path

from ledger.errors import HomeUnusable
from ledger.transparency import LOG, WITNESS, NoteKey, NoteRefused
from service.cosigning import Neighbour


def read_watched(path: Path | None) -> dict[str, tuple[NoteKey, ...]]:
    """Return the keys of the logs in the file at `path`, a C2SP verifier key a line."""
    watched = defaultdict[str, list[NoteKey]](list)
    for line in _lines(path):
        key = _key(line, LOG)
        watched[key.name].append(key)
    return {origin: (*keys,) for origin, keys in watched.items()}


def read_witnesses(path: Path | None) -> list[Neighbour]:
    """Return the witnesses in the file at `path`: a verifier key and a URL a line."""
    found = []
    for line in _lines(path):
        vkey, _, url = line.partition(" ")
        if not url.startswith(("https://", "http://")):
            raise HomeUnusable("TONGBAN_WITNESSES: a verifier key and a URL a line, please")
        found.append(Neighbour(_key(vkey, WITNESS), url.strip().rstrip("/")))
    return found


def _key(vkey: str, kind: int) -> NoteKey:
    try:
        key = NoteKey.parse(vkey)
    except NoteRefused as error:
        raise HomeUnusable(f"a key of the logs and witnesses does not hold: {error}") from error
    if key.kind != kind:
        raise HomeUnusable(f"the key of {key.name} is of another kind: a log's, or a witness's")
    return key


def _lines(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        lines = map(str.strip, path.read_text(encoding="utf-8").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        raise HomeUnusable(f"{path} cannot be read") from error
    return [line for line in lines if line and not line.startswith("#")]
