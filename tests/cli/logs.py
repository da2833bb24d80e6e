"""Small logs to import, with a person's name in one of them."""

from pathlib import Path
from uuid import UUID

from tests.ledger.importing.logs import log

OURS = UUID(int=7)
NAME = "Chan Tai Man"
EARLIER, LATER = "2024-05-01T12:00:00+02:00", "2024-05-02T12:00:00+02:00"


def named(folder: Path, name: str, *traces: str) -> Path:
    path = folder / name
    path.write_text(log(*traces), encoding="utf-8")
    return path
