"""Logs that are imported while the process is killed: one register for each life."""

from pathlib import Path

from tests.ledger.importing.logs import event, log, mapping, trace
from tests.torture.plan import Life

MAPPING = mapping()
CASES = 30
FACTS = ("apply", "check", "ask", "misc")


def register(life: Life) -> str:
    """The register that one life's import is from."""
    return f"register-{life.seed}-{life.number}"


def write_log(folder: Path, life: Life) -> Path:
    """Write the log that a life imports; the same bytes each time."""
    path = folder / f"{register(life)}.xes"
    path.write_text(log(*(_trace(number) for number in range(CASES))), encoding="utf-8")
    return path


def _trace(number: int) -> str:
    at = f"2024-05-{number % 28 + 1:02}T1{{}}:00:00+02:00"
    return trace(
        str(number), *(event(fact, at.format(hour)) for hour, fact in enumerate(FACTS))
    )
