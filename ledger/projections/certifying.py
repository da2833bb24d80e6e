"""Certifying views: each from a fresh fold of the log, and held against it ever after.

A view that holds opened personal data is not certified: its content changes
when a person is erased, and a digest would go on confirming guesses about them.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from eventsourcing.persistence import PersistenceError

from ledger.application import Ledger
from ledger.audit_rows import Rows
from ledger.errors import LedgerError, NotCertified, ViewNotFound
from ledger.home import replace_durably
from ledger.locking import held
from ledger.projections.check import content, fold_digest
from ledger.projections.view import View, is_of
from ledger.transparency import (
    Certificate,
    TransparencyError,
    verify_certificate,
)

Watch = Callable[[int, int], object]


class Certificates:
    """The certificates of one home: in `folder`, a file each for the views in `views`."""

    def __init__(self, ledger: Ledger, folder: Path, views: Path) -> None:
        self._ledger = ledger
        self._folder = folder
        self._views = views

    def certify(self, view: View, watch: Watch = lambda *_: None) -> Certificate:
        """Fold the log anew, and sign that the rows of `view` are its fold.

        Raises `NotCertified` if they are not, or cannot be told to be, or the log
        is damaged, and `HomeBusy` while another does the same.
        """
        if view.personal:
            raise NotCertified(f"{view.name} holds what is personal, and is not certified")
        self._check_log(watch)
        self._folder.mkdir(exist_ok=True, mode=0o700)
        busy = f"{view.name} is being certified already; wait until it has"
        with held(self._folder / f"{view.name}.lock", busy):
            data = self._certificate(view, watch)
            replace_durably(self._file(view.name), data)
        return verify_certificate(data, self._ledger.published.keys)

    def find(self, name: str) -> bytes:
        """Return the newest certificate of the view `name`, or raise `ViewNotFound`."""
        try:
            return self._file(name).read_bytes()
        except FileNotFoundError as error:
            raise ViewNotFound(f"there is no certificate of {name[:40]!r}") from error

    def is_kept(self, name: str) -> bool:
        """Tell whether there is a certificate of a view, also one that does not hold."""
        return self._file(name).exists()

    def latest(self, name: str) -> Certificate | None:
        """Return what the newest certificate of the view `name` says, if it holds."""
        try:
            return verify_certificate(self.find(name), self._ledger.published.keys)
        except (ViewNotFound, TransparencyError):
            return None

    def _check_log(self, watch: Watch) -> None:
        """Refuse where entries are not as they were written: a fold agrees with any entries."""
        published = self._ledger.published
        rows = Rows(self._ledger.recorder, self._ledger.codec, published.signed_head())
        for found in rows.findings(lambda _, at, last: watch(at, last), 1):
            raise NotCertified(
                f"the log is damaged at position {found.position}: {found.problem};"
                " restore it from its backup, nothing of it is certified before"
            )

    def _certificate(self, view: View, watch: Watch) -> bytes:
        link = self._views / f"{view.name}.sqlite"
        if not link.exists() or not is_of(link.resolve(), view):
            raise NotCertified(f"{view.name} is not there in this version; rebuild it first")
        live = content(link, view)
        if live.aside is not None:
            at = live.aside.position
            raise NotCertified(f"{view.name} has set position {at} aside; mend and rebuild it")
        if not 0 < live.reached <= (self._ledger.recorder.max_notification_id() or 0):
            raise NotCertified(f"{view.name} is at position {live.reached}, not of this log")
        if fold_digest(self._ledger, view, live.reached, watch) != live.digest:
            raise NotCertified(f"{view.name} is not the fold of the log; rebuild it first")
        return self._ledger.published.certificate(
            view=view.name,
            version=view.version,
            size=live.reached,
            digest=bytes.fromhex(live.digest),
        )

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.cose"


def certificate_findings(
    ledger: Ledger,
    folder: Path,
    made: Sequence[View],
    watch: Watch = lambda *_: None,
    *,
    damaged: int | None = None,
) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with the certificates in `folder`, each with a position.

    The root is held against the log's tree, and the digest of a view of `made`
    against a fold up to there; of another version than ours it cannot be. From
    the position `damaged` on, none can be relied on, whatever it agrees with.
    """
    known = {(view.name, view.version): view for view in made}
    for path in sorted(folder.glob("*.cose")):
        said = f"the certificate of {path.stem}"
        try:
            found = verify_certificate(path.read_bytes(), ledger.published.keys)
        except TransparencyError as error:
            yield 0, f"{said} does not hold: {error}"
            continue
        problem = _problem(
            ledger, found, path.stem, known.get((found.view, found.version)), watch
        )
        if problem is None and damaged is not None and damaged <= found.size:
            problem = f"cannot be relied on: the log is damaged at position {damaged}"
        if problem is not None:
            yield found.size, f"{said} {problem}"


def _problem(
    ledger: Ledger, found: Certificate, name: str, view: View | None, watch: Watch
) -> str | None:
    if found.view != name:
        return f"is one of {found.view}"
    if found.size > (ledger.recorder.max_notification_id() or 0):
        return "is of more entries than the log has: it was cut off"
    if ledger.published.root(found.size) != found.root:
        return "is under another root than the log had then"
    if view is None:
        return None
    try:
        digest = fold_digest(ledger, view, found.size, watch)
    except (LedgerError, PersistenceError, sqlite3.Error, LookupError, ValueError):
        return "cannot be compared: the log up to there does not fold"
    return None if digest == found.digest.hex() else "is not of the fold of the log up to there"
