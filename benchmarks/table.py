"""Every row as a table for people, and as JSON for whoever compares runs."""

import json
import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from os import cpu_count
from pathlib import Path

from rich.table import Table

from benchmarks.measure import Row, Side


def table(rows: Sequence[Row]) -> Table:
    """Lay `rows` out, the peers of a figure under it; above 1 × the ledger is faster."""
    made = Table(caption=_legend(rows), caption_justify="left")
    made.add_column("figure")
    for heading in (
        "a second",
        "p50 µs",
        "p99 µs",
        "p99.9 µs",
        "held",
        "fsync",
        "the ledger is",
    ):
        made.add_column(heading, justify="right")
    for what, beside in groupby(rows, lambda row: row.what):
        peers = list(beside)
        made.add_row(f"[bold]{what}[/] ({peers[0].unit})", *_cells(peers[0].ours))
        for row in peers:
            ratio = f"[bold]{row.ratio:.2f} ×[/] ({row.least:.2f}-{row.most:.2f})"
            made.add_row(f"  {row.peer}", *_cells(row.theirs), ratio)
        made.add_section()
    return made


def write_json(rows: Sequence[Row], path: Path, *, at: datetime, scale: float) -> None:
    """Write `rows` to `path`, with when and on what they were measured."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {
        "at": at.isoformat(),
        "machine": {
            "cpus": cpu_count(),
            "architecture": platform.machine(),
            "python": platform.python_version(),
            "sqlite": sqlite3.sqlite_version,
        },
        "scale": scale,
        "rows": [asdict(row) for row in rows],
    }
    path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def _cells(side: Side) -> list[str]:
    times = ("" if time is None else f"{time:,.0f}" for time in (side.p50, side.p99, side.p999))
    return [f"{side.rate:,.0f}", *times, f"{side.held:,}", side.fsync]


def _legend(rows: Sequence[Row]) -> str:
    lacks = {f"{row.peer}: {row.leaves_out}" for row in rows}
    return "\n".join(["What the peers leave out of the ledger's work", *sorted(lacks)])
