"""What was answered, written down before whoever asked goes on.

One short write to a file opened for appending: a process that is killed has
either written a line or not, and what it wrote stays when it is gone.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from ledger.application import Appended
from tests.torture.asking import Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """An answer: this step of the case left it at this version and position."""

    case_id: UUID
    step: int
    version: int
    position: int


class Acknowledgements:
    """A file of answers, and of what should never have happened."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def add(self, ask: Ask, answer: Appended) -> None:
        """Write down what was answered."""
        self._write([ask.case_id.hex, ask.step, answer.case.version, answer.position])

    def wrong(self, problem: str) -> None:
        """Write down what a client cannot have been told."""
        self._write([problem])

    def _write(self, line: list[object]) -> None:
        os.write(self._descriptor, json.dumps(line).encode() + b"\n")


def read_acknowledged(path: Path) -> Iterator[Acknowledged]:
    """Yield every answer in the file; raises `AssertionError` at the first wrong one."""
    lines = path.read_text().splitlines() if path.exists() else []
    for line in lines:
        match json.loads(line):
            case [str(case_id), int(step), int(version), int(position)]:
                yield Acknowledged(
                    case_id=UUID(case_id), step=step, version=version, position=position
                )
            case [problem]:
                raise AssertionError(problem)
