"""Which form a home has: a number in its file `format`, and the steps from older forms.

The stored form of entries never changes, so a step is about what lies beside the log. A
home of a newer form is not touched at all. Views have versions of their own and are made
anew by themselves.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.durable import replace_durably
from ledger.errors import HomeUnusable

NAME: Final = "format"
_FIRST: Final = 1
"""That of 0.1.0 before it was noted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One form to the next. Cut short, it is run again, so it has to bear that.

    Where it is not `at_start`, somebody has to ask for it, with a backup at hand.
    """

    to: int
    does: str
    at_start: bool
    run: Callable[[Path], object]


STEPS: Final = (
    Step(
        to=2,
        does="the form is noted; `erasures` is to list what is decided of persons",
        at_start=True,
        run=lambda _folder: None,
    ),
)
FORMAT: Final = STEPS[-1].to


def format_of(folder: Path, newest: int = FORMAT) -> int:
    """Return the form of a home; raises `HomeUnusable` for one beyond the `newest`."""
    try:
        text = (folder / NAME).read_text(encoding="ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        return _FIRST if (folder / "keys").exists() else newest
    except (OSError, ValueError) as error:
        raise HomeUnusable(f"{folder / NAME} cannot be read") from error
    if not text.isdecimal() or not int(text):
        raise HomeUnusable(
            f"{folder / NAME} is to hold the number of the home's form and nothing else; put"
            " back the one of the home's newest backup"
        )
    if int(text) > newest:
        raise HomeUnusable(
            f"{folder} is of form {text}, and this version knows forms up to {newest}; run the"
            " newer version again, or restore a backup from before it; nothing was changed"
        )
    return int(text)


def check_format(folder: Path) -> None:
    """Raise `HomeUnusable` for a home of a form that we do not know."""
    format_of(folder)


def pending(folder: Path, steps: Sequence[Step] = STEPS) -> list[Step]:
    """Return the steps that a home still lacks, in order."""
    form = format_of(folder, steps[-1].to)
    return [step for step in steps if step.to > form]


def bring_up(folder: Path, *, asked: bool, steps: Sequence[Step] = STEPS) -> list[Step]:
    """Run what a home lacks, and return it; to be called by who holds its lock.

    Raises `HomeUnusable` where that is more than a start may do and nobody `asked`.
    """
    lacking = pending(folder, steps)
    if not asked and not all(step.at_start for step in lacking):
        raise HomeUnusable(
            f"{folder} is of an older form: make a backup, then run `tongban migrate`"
            " (with --dry-run it only tells what it would do)"
        )
    for step in lacking:
        step.run(folder)
        note_format(folder, step.to)
    return lacking


def note_format(folder: Path, form: int = FORMAT) -> None:
    """Let a home be of `form`."""
    replace_durably(folder / NAME, f"{form}\n".encode())
