"""What is done to a service whose disk fails: `python -m tests.faults.scenarios NAME FOLDER`.

Each scenario ends where the disk works again and the same process goes on.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from tests.faults import asked, written
from tests.faults.disk import Disk

SCENARIOS: dict[str, Callable[[Path, Disk], Coroutine[Any, Any, None] | None]] = {
    scenario.__name__: scenario
    for scenario in (
        asked.log_is_full,
        asked.disk_is_full,
        asked.log_is_not_synced,
        asked.head_cannot_be_kept,
        asked.views_are_full,
        asked.materials_are_full,
        asked.log_is_locked,
        written.keys_are_full,
        written.log_is_unreadable,
        written.each_sync_fails_once,
        written.killed_after_a_failed_sync,
        written.log_is_read_only,
    )
}

if __name__ == "__main__":
    logging.basicConfig(level=logging.CRITICAL)
    disk = Disk(Path(os.environ["FAULTS"]))
    scenario = SCENARIOS[sys.argv[1]](Path(sys.argv[2]), disk)
    if scenario is not None:
        asyncio.run(scenario)
