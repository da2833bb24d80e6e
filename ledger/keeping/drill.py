"""Trying whether a backup would do: restored beside the live home, and held against it.

The log in it has to be a beginning of the live one, by a consistency proof under
the head that the live one signed, and every view folded from it has to be what
the live one was at that position. Nothing of the drill is left behind.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from ledger.application import Ledger
from ledger.finding import Watch
from ledger.home import Home
from ledger.keeping.errors import BackupRefused, told
from ledger.keeping.manifest import KEYS_PART, LOG_PART, Kept
from ledger.keeping.restore import Opening, proven, put
from ledger.opening import all_views
from ledger.projections.check import content, fold_digest
from ledger.projections.view import View, is_of
from ledger.standing_list import listed_in
from ledger.transparency import (
    Checkpoint,
    ProofRefused,
    open_checkpoint,
    verify_consistency,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A view as the backup folds to, and as the live one was at the same position."""

    view: str
    restored: str
    live: str

    @property
    def agrees(self) -> bool:
        """Whether both are the same."""
        return self.restored == self.live


@dataclass(frozen=True, slots=True, kw_only=True)
class Drilled:
    """What a drill found; `seconds` are by what was done, in order."""

    position: int
    live_position: int
    bytes: int
    repeated: int
    views: tuple[Compared, ...]
    problems: tuple[str, ...]
    seconds: dict[str, float]

    @property
    def passed(self) -> bool:
        """Whether the backup would do."""
        return not self.problems


def drill(
    folder: Path,
    keys: Path,
    *,
    live: Ledger,
    live_home: Home,
    opening: Opening,
    random: Callable[[int], bytes],
    scratch: Path | None = None,
    watch: Watch = lambda *_: None,
) -> Drilled:
    """Restore the backup in `folder` into a place of its own, and compare it with `live`.

    Raises `BackupRefused` where it does not hold by itself, or is another home's.
    """
    seconds: dict[str, float] = {}
    log, secret = Kept.read(folder, LOG_PART), Kept.read(keys, KEYS_PART)
    for each in (log, secret):
        each.check_signed(live.published.keys)
    position = log.manifest.position
    signed = _signed(live, live_home)
    with told("the drill cannot be held"), TemporaryDirectory(dir=scratch) as place:
        home = Path(place)
        with _timed(seconds, "copied"):
            put(log, home, watch)
            put(secret, home / "keys", watch)
        since = list(listed_in(live, position, live.head))
        with _timed(seconds, "proven"):
            repeated = proven(log, secret, home, opening, random, since, watch)
            problems = list(_continued(log, live, signed))
        with _timed(seconds, "folded"):
            views = tuple(_compared(home, position, live, live_home, opening, random, watch))
    problems += [f"the view {each.view} is another" for each in views if not each.agrees]
    problems += [f"an erasure since could not be repeated: {each}" for each in repeated.left]
    return Drilled(
        position=position,
        live_position=signed.size,
        bytes=log.manifest.size + secret.manifest.size,
        repeated=repeated.recorded,
        views=views,
        problems=tuple(problems),
        seconds=seconds,
    )


def _signed(live: Ledger, home: Home) -> Checkpoint:
    """Return the newest head that the live log signed, as it lies in its home."""
    if not home.checkpoint.exists():
        raise BackupRefused("the live log keeps no signed head; nothing can be held against it")
    known = live.published.keys.note_keys()
    return open_checkpoint(home.checkpoint.read_bytes(), known).checkpoint


def _continued(log: Kept, live: Ledger, signed: Checkpoint) -> Iterator[str]:
    """Prove that the live head continues the backup's (RFC 9162, 2.1.4.2), or say why not."""
    kept = log.manifest
    if kept.position > signed.size:
        # A head is signed a moment after the entries; the log itself may be ahead of it.
        if kept.position > live.head:
            yield (
                f"the backup has {kept.position:,} entries, and the live log {live.head:,}: it"
                " was put back to an earlier state"
            )
        elif live.published.root(kept.position) != kept.root:
            yield "the live log is not the one that was kept"
        return
    path = live.published.consistency(kept.position, signed.size)
    try:
        verify_consistency(kept.position, kept.root, signed.size, signed.root, path)
    except ProofRefused:
        yield "the live log does not continue the one that was kept"


def _compared(
    folder: Path,
    position: int,
    live: Ledger,
    live_home: Home,
    opening: Opening,
    random: Callable[[int], bytes],
    watch: Watch,
) -> Iterator[Compared]:
    with closing(opening(Home(folder, random))) as restored:
        for view in all_views(restored):

            def told_of(at: int, last: int, name: str = view.name) -> object:
                return watch(name, at, last)

            ours = fold_digest(restored, view, position, told_of)
            theirs = _live_digest(live, live_home, view, position, told_of)
            yield Compared(view=view.name, restored=ours, live=theirs)


def _live_digest(
    live: Ledger, home: Home, view: View, position: int, watch: Callable[[int, int], object]
) -> str:
    """Return the digest of the live view's rows, or where it has gone on, of how it was."""
    link = home.views / f"{view.name}.sqlite"
    if link.exists() and is_of(link.resolve(), view):
        now = content(link, view)
        if now.reached == position and now.aside is None:
            return now.digest
    return fold_digest(live, view, min(position, live.head), watch)


@contextmanager
def _timed(seconds: dict[str, float], what: str) -> Iterator[None]:
    began = monotonic()
    yield
    seconds[what] = round(monotonic() - began, 3)
