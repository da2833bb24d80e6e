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
        """Append the notice durably."""
        line = as_json(notice).encode() + b"\n"
        try:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(descriptor, line)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError:
            return Fate.LATER
        return Fate.TAKEN
