"""What the ledger answers while the disk fails, and whether it goes on as it should."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from ledger.application import Ledger
from ledger.audit import audit
from ledger.errors import HomeUnusable, LedgerError, LogDamaged, Unavailable
from ledger.opening import all_views
from tests.faults.disk import Disk
from tests.torture.asking import Ask, asks
from tests.torture.store import Store

LOG = "ledger.sqlite-wal"
_CLIENTS = 8
_NOBODY = 65_534


def keys_are_full(folder: Path, disk: Disk) -> None:
    """Whose key cannot be kept is not written about: it could not be read again."""
    store = Store(folder=folder / "home")
    [first, *_] = asks(UUID(int=1))
    with store.opened() as ledger:
        with disk.full("subjects.sqlite-wal"):
            assert isinstance(refused(ledger, first), Unavailable | HomeUnusable)
        with disk.unsynced("subjects.sqlite-wal"):
            assert isinstance(refused(ledger, first), Unavailable | HomeUnusable)
        assert first.of(ledger).position == ledger.head == 3
        assert audit(ledger, store.views, all_views(ledger)).wrong == ()


def log_is_unreadable(folder: Path, disk: Disk) -> None:
    """What cannot be looked up cannot be decided."""
    store = Store(folder=folder / "home")
    cases = [asks(UUID(int=number)) for number in range(1, 101)]
    with store.opened() as ledger:
        for first, *_ in cases:
            first.of(ledger)
    with store.opened() as ledger:
        with disk.unreadable("ledger.sqlite"):
            for _, second, *_ in cases:
                # SQLite takes some errors of a disk for damage.
                assert isinstance(refused(ledger, second), Unavailable | LogDamaged)
        assert [case[1].of(ledger).case.version for case in cases] == [3] * len(cases)
        assert audit(ledger, store.views, all_views(ledger)).wrong == ()


def each_sync_fails_once(folder: Path, disk: Disk) -> None:
    """Under load, whichever sync fails: what was told holds, and asking again succeeds."""
    store = Store(folder=folder / "home")
    with store.opened() as ledger, ThreadPoolExecutor(_CLIENTS) as clients:
        told: dict[tuple[UUID, int], int] = {}

        def walk(case_id: UUID) -> None:
            for ask in asks(case_id):
                while True:
                    try:
                        told[case_id, ask.step] = ask.of(ledger).position
                        break
                    except Unavailable:
                        pass

        for spared in range(6):
            cases = [UUID(int=spared * 100 + n) for n in range(_CLIENTS)]
            with disk.unsynced(LOG, spared=spared, times=1):
                list(clients.map(walk, cases))
        for (case_id, step), position in told.items():
            assert asks(case_id)[step].of(ledger).position == position
            assert len(ledger.entries(case_id)) == 7
        assert audit(ledger, store.views, all_views(ledger)).wrong == ()
        assert ledger.recorder.max_notification_id() == ledger.head


def killed_after_a_failed_sync(folder: Path, disk: Disk) -> None:
    """What may yet be on the disk is there wholly or not at all; asking again is safe."""
    store = Store(folder=folder / "home")
    case_id = UUID(int=1)
    first, second, *_ = asks(case_id)
    process = os.fork()
    if process == 0:
        with store.opened() as ledger:
            first.of(ledger)
            with disk.unsynced(LOG):
                try:
                    second.of(ledger)
                except LedgerError:
                    os._exit(7)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 7
    with store.opened() as ledger:
        answer = second.of(ledger)
        assert (answer.case.version, answer.position) == (3, 4)
        assert second.of(ledger).position == 4
        assert audit(ledger, store.views, all_views(ledger)).wrong == ()


def log_is_read_only(_folder: Path, _disk: Disk) -> None:
    """What cannot be written is refused, at the start or when something is to be written."""
    # Not in pytest's own folder, which nobody else may enter.
    with TemporaryDirectory() as folder:
        store = Store(folder=Path(folder) / "home")
        with store.opened() as ledger:
            asks(UUID(int=1))[0].of(ledger)
        if os.geteuid() == 0:
            for path in [Path(folder), *Path(folder).rglob("*")]:
                os.chown(path, _NOBODY, _NOBODY)
        log = store.folder / "ledger.sqlite"
        log.chmod(0o400)
        assert _problem_as_nobody(store) in ("HomeUnusable", "CannotReach")
        # SQLite gives what it makes beside a file the permissions of that file.
        for path in store.folder.glob("ledger.sqlite*"):
            path.chmod(0o600)
        assert _problem_as_nobody(store) == ""


def _problem_as_nobody(store: Store) -> str:
    """Return the kind of error that somebody meets who is not root and writes."""
    told, tell = os.pipe()
    process = os.fork()
    if process == 0:
        if os.geteuid() == 0:
            os.setuid(_NOBODY)
        try:
            with store.opened() as ledger:
                asks(UUID(int=1))[1].of(ledger)
        except BaseException as error:
            os.write(tell, type(error).__name__.encode())
        os._exit(0)
    os.close(tell)
    os.waitpid(process, 0)
    with os.fdopen(told) as problem:
        return problem.read()


def refused(ledger: Ledger, ask: Ask) -> LedgerError | None:
    """Return the error of ours with which it was refused, if it was."""
    try:
        ask.of(ledger)
    except LedgerError as error:
        return error
    return None
