"""The file behind a view's name: a link to a numbered one, which a rebuild swaps whole.

Whoever writes rows checks inside its transaction that readers still find this
file, and a rebuild swaps only while it holds the old file's transaction. So
what was committed is what readers find, and they never find less than before.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database

from ledger.locking import held
from ledger.projections.view import View, is_of, open_view, position, remove


class ViewFile:
    """The file that holds a view, found through a link that a rebuild replaces."""

    def __init__(self, folder: Path, view: View) -> None:
        self.view = view
        self.link = folder / f"{view.name}.sqlite"
        self.lock = self.link.with_suffix(".lock")
        self._db: Database | None = None
        self._opened: tuple[Path, int] | None = None

    def database(self) -> Database:
        """Return the writer's connection, following the link if it was swapped."""
        path = self._current()
        if self._db is None or _which(path) != self._opened:
            self.close()
            self._db, self._opened = open_view(path, self.view), _which(path)
        return self._db

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """Give the file that readers find, in a transaction: all of it counts, or nothing."""
        db = self._begun()
        try:
            yield db
            db.execute("COMMIT")
        except BaseException:
            db.rollback()
            raise

    @contextmanager
    def replacing(self) -> Iterator[Path]:
        """Give the path of a new file, to be filled and swapped in with `swap`.

        What a rebuild that was killed left behind is removed, so there is only
        one of a view at a time: raises `HomeBusy` beside another.
        """
        with held(self.lock, self._busy, seconds=_MOMENT):
            for left in self.others():
                remove(left)
            yield self.replacement()

    @contextmanager
    def standing_still(self) -> Iterator[int]:
        """Keep every writer of rows out, and give the position readers may have seen."""
        if self._found() is None:
            yield 0
            return
        with closing(open_view(self.link.resolve(), self.view)) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield position(db)
            finally:
                db.rollback()

    def others(self) -> list[Path]:
        """Return the files of the view that its name does not lead to."""
        current = self.link.resolve()
        numbered = self.link.parent.glob(f"{self.view.name}.*.sqlite")
        return [path for path in numbered if path.resolve() != current]

    def replacement(self) -> Path:
        """Return the path of a new file to rebuild into."""
        number = 1
        while (path := self.link.with_name(f"{self.view.name}.{number}.sqlite")).exists():
            number += 1
        return path

    def swap(self, path: Path) -> None:
        """Let the link name `path` from now on, and drop the file it named before."""
        old = self.link.resolve() if self.link.is_symlink() else None
        fresh = self.link.with_suffix(".link")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(path.name)
        fresh.replace(self.link)
        if old is not None and old != path.resolve():
            remove(old)

    def close(self) -> None:
        """Close the writer's connection."""
        if self._db is not None:
            self._db.close()
            self._db = self._opened = None

    def _begun(self) -> Database:
        while True:
            db = self.database()
            db.execute("BEGIN IMMEDIATE")
            if self._is_found_by_readers():
                return db
            db.rollback()

    def _is_found_by_readers(self) -> bool:
        try:
            return _which(self.link.resolve()) == self._opened
        except FileNotFoundError:
            return False

    def _current(self) -> Path:
        found = self._found()
        if found is not None:
            return found
        self.link.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Nobody else makes a first file meanwhile, and it is not taken for a left one.
        with held(self.lock, self._busy, seconds=_FIRST_FILE):
            found = self._found()
            if found is None:
                found = self.replacement()
                open_view(found, self.view).close()
                self.swap(found)
        return found

    @property
    def _busy(self) -> str:
        return f"another process is rebuilding {self.view.name}; wait until it has"

    def _found(self) -> Path | None:
        if not self.link.exists():
            return None
        path = self.link.resolve()
        return path if _which(path) == self._opened or is_of(path, self.view) else None


_MOMENT, _FIRST_FILE = 2.0, 600.0


def _which(path: Path) -> tuple[Path, int]:
    # A name is given again after two rebuilds; while a file is open its number is not.
    return path, path.stat().st_ino
