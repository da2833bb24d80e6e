"""The triggers that keep SQLite's tables append-only, for whoever opens the file.

INSERT OR REPLACE takes rows away without firing a DELETE trigger, unless a
connection asks for that with a pragma of its own. So a row whose key is there
is refused before it is inserted: a stranger's connection asks for nothing.
"""

from collections.abc import Iterator
from typing import Final

from ledger.databases.port import Session
from ledger.databases.schema import KEYS


def make_guards(session: Session) -> None:
    """Make the triggers that are missing."""
    for sql in _GUARDS.values():
        session.rows(sql.replace("TRIGGER", "TRIGGER IF NOT EXISTS", 1))


def unguarded(session: Session) -> set[str]:
    """Return the names of triggers that are missing, changed, or none of these."""
    rows = session.rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    found: dict[str, str] = dict(rows)
    names = found.keys() | _GUARDS.keys()
    return {name for name in names if found.get(name) != _GUARDS.get(name)}


def _guards() -> Iterator[tuple[str, str]]:
    for table, keys in KEYS.items():
        refusal = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_refuse_{verb.lower()}"
            yield name, f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {refusal}"
        name, taken = f"{table}_refuse_replace", " OR ".join(_taken(table, key) for key in keys)
        yield name, f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {taken} {refusal}"


def _taken(table: str, key: tuple[str, ...]) -> str:
    same = " AND ".join(f"{column} = NEW.{column}" for column in key)
    return f"EXISTS (SELECT 1 FROM {table} WHERE {same})"


_GUARDS: Final = dict(_guards())
"""Each by its name, as SQLite writes down what it was made with."""
