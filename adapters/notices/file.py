"""Notices into a file, a line each: for trying it, where there is no mail server."""

import os
from dataclasses import dataclass
from pathlib import Path

from adapters.notices.words import as_json
from ledger.ports import Fate, Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class FileNotifier:
    """Implements `Notifier`; the file holds addresses, and is for its owner only."""

    path: Path

    def send(self, notice: Notice) -> Fate:
        """Append the notice durably, or nothing of it."""
        line = as_json(notice).encode() + b"\n"
        try:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                _append(descriptor, line)
            finally:
                os.close(descriptor)
        except OSError:
            return Fate.LATER
        return Fate.TAKEN


def _append(descriptor: int, line: bytes) -> None:
    end = os.fstat(descriptor).st_size
    try:
        # A disk that is almost full takes a part first, and only then says that it is full.
        while line:
            line = line[os.write(descriptor, line) :]
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, end)
        raise
