"""Secrets that are exchanged one at a time, while those before them still count.

The first is the home's own; each later one stands beside it in a file with a
number. A destroyed one leaves its file, so that no number comes twice.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from ledger.home import DESTROYED, SECRET_SIZE, Home, overwrite, write_durably


def generations(home: Home, name: str) -> tuple[tuple[bytes, datetime], ...]:
    """Return every secret that `name` has and when each was made, oldest first.

    Raises `HomeUnusable` as `Home.secret` does.
    """
    made = [(home.secret(name), home.made_at)]
    for path in _later(home, name):
        at = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
        made.append((path.read_bytes(), at))
    return tuple((secret, at) for secret, at in made if secret != DESTROYED)


def add_generation(
    home: Home, name: str, random: Callable[[int], bytes], *, made: datetime
) -> bytes:
    """Return a new secret for `name`, beside those it has; for whoever holds the lock."""
    last = max((int(path.suffix[1:]) for path in _later(home, name)), default=1)
    secret = random(SECRET_SIZE)
    path = home.keys / f"{name}.{last + 1}"
    write_durably(path, secret, made=made.timestamp())
    return secret


def destroy(home: Home, name: str, secret: bytes) -> None:
    """Overwrite `secret` where it stands among those of `name`."""
    for path in (home.keys / name, *_later(home, name)):
        if path.read_bytes() == secret:
            overwrite(path)


def _later(home: Home, name: str) -> list[Path]:
    found = (path for path in home.keys.glob(f"{name}.*") if path.suffix[1:].isdecimal())
    return sorted(found, key=lambda path: int(path.suffix[1:]))
