"""What the recorder asks of a database: reading, and one writer at a time.

Statements are the SQL that SQLite and PostgreSQL have in common, with `?` where
a value goes. What goes wrong is raised as the library's `PersistenceError`s.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Row = tuple[Any, ...]


class Session(Protocol):
    """One transaction."""

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Return every row that a query answers."""

    def insert(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Insert `rows`; `sql` is an INSERT with a mark for every value, and nothing else.

        The database may do it in its own way, such as by COPY.
        """


class Database(Protocol):
    """Tables shared by threads, and by processes where it `is_shared`."""

    is_shared: bool

    def reading(self) -> AbstractContextManager[Session]:
        """Give a view of one moment; nothing is waited for and nothing written."""

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Return every row that one query answers, as `reading` does for several."""

    def writing(self) -> AbstractContextManager[Session]:
        """Give the one session that may write; what it did is durable after the block.

        Waits for other writers, also of other processes. An error inside, or
        while committing, leaves nothing behind.
        """

    def wait(self, seconds: float) -> None:
        """Wait until another process may have written, at most so long."""

    def wake(self) -> None:
        """Let whoever waits go on at once."""

    def unguarded(self) -> set[str]:
        """Return the names of triggers that are wrong, or were when this was opened.

        What is missing is made anew by opening, so it is remembered that it was.
        """

    def durability(self) -> str:
        """Say how durably it commits, in its own words."""

    def close(self) -> None:
        """Let go of every connection."""
