"""Opening the subject keys: those in the home, or those that several servers share.

Shared ones are wrapped under the master key of each of these homes, which is
one and the same.
"""

from collections.abc import Callable
from contextlib import closing

from ledger.errors import LedgerError
from ledger.home import Home
from ledger.stores import FileKeyTable, KeyTable, SharedKeyTable, SubjectKeyStore
from ledger.stores.subject_keys import REMEMBERED


def open_subject_keys(
    home: Home,
    random: Callable[[int], bytes],
    shared: str | None = None,
    *,
    remembered: int = REMEMBERED,
) -> SubjectKeyStore:
    """Return the keys in the home, or in the database at the URI `shared`."""
    # Asked first: of two first starts, the other marks the table before it begins the log.
    masters, has_begun = home.secrets("master"), home.has_begun()
    table: KeyTable = (
        FileKeyTable(home.subject_keys()) if shared is None else SharedKeyTable(shared)
    )
    try:
        return SubjectKeyStore(table, masters, random, cached=remembered, has_begun=has_begun)
    except LedgerError:
        table.close()
        raise


def rotate_master(
    home: Home, random: Callable[[int], bytes], shared: str | None = None
) -> None:
    """Put every subject's key under a new master key, and destroy the old one; for the writer.

    Cut short at any point, both master keys are there, and calling it again
    ends what was begun. Where servers share the keys, all are given one
    `keys/master.next` first, and each ends it when it starts.
    """
    following = home.prepare("master")
    with closing(open_subject_keys(home, random, shared)) as keys:
        keys.rewrap(following)
    end_rotation(home, random, shared)


def end_rotation(home: Home, random: Callable[[int], bytes], shared: str | None = None) -> None:
    """Let a new master key take its place, if the keys are under it already; for the writer."""
    following = home.following("master")
    if following.exists():
        with closing(open_subject_keys(home, random, shared)) as keys:
            is_under = keys.is_under(following.read_bytes())
        if is_under:
            home.promote("master")
