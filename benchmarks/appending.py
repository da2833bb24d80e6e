"""Appending one event a command: sixty-four clients at once, and one after another.

The ledger decides, seals, and commits entry, leaf and one-time key, each answer
durable before it is given; the peers write one event that is ready to a case
already there.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from benchmarks import ours, raw, stock
from benchmarks.clients import coroutines, threads
from benchmarks.made_up import APPLICANT, CLERK, DEFICIENCIES, ITEM, VERIFIED
from benchmarks.measure import Peer, Row, Run, Timed, fsync, race
from ledger.application import Appended, Ledger
from ledger.commands import RequestCorrection, SubmitApplication

AT_ONCE = 64
_COMMANDS = {AT_ONCE: 6_400, 1: 800}
STOCK_LEAVES_OUT = "loads, seals and hashes nothing; no one-time key"


def rows(folder: Path, *, scale: float, rounds: int) -> Iterator[Row]:
    """Race as many appends as `scale` asks for, each to a case of its own."""
    for at_once, commands in _COMMANDS.items():
        count = max(2, int(commands * scale))
        few = max(2, min(count, int(1_600 * scale)))
        yield from race(
            rounds,
            what="append, one at a time" if at_once == 1 else f"append, {at_once} at once",
            unit="commands/s",
            ours=partial(_ours, folder, count, at_once),
            peers=(
                Peer(
                    name="stock save" if at_once == 1 else f"stock save, {at_once} threads",
                    leaves_out=STOCK_LEAVES_OUT,
                    run=partial(_stock, folder, few, at_once),
                ),
                Peer(
                    name="sqlite3, a row a transaction",
                    leaves_out="inserts rows that are ready, without leaf or key",
                    run=partial(_raw, folder, count),
                ),
            ),
        )


def open_cases(ledger: Ledger, count: int) -> None:
    """Open as many cases as are going to be corrected."""
    for first in range(0, count, AT_ONCE):
        asked = [_submit(ledger, n) for n in range(first, min(first + AT_ONCE, count))]
        for answer in asked:
            answer.result()


def corrections(
    ledger: Ledger, count: int, *, wait: bool = False
) -> list[Callable[[], Future[Appended]]]:
    """Return what asks for a correction of each case, each a command of one event."""
    return [partial(_correct, ledger, number, wait=wait) for number in range(count)]


def stock_corrections(application: stock.Cases, count: int) -> list[Callable[[], object]]:
    """Return what saves one more event of each of as many aggregates of the library's."""
    dossiers = [stock.Dossier(f"A{number}") for number in range(count)]
    application.save(*dossiers)

    def correct(dossier: stock.Dossier) -> None:
        dossier.correct(DEFICIENCIES)
        application.save(dossier)

    return [partial(correct, dossier) for dossier in dossiers]


def _ours(folder: Path, count: int, at_once: int) -> Run:
    with TemporaryDirectory(dir=folder) as home, ours.opened(Path(home)) as ledger:
        open_cases(ledger, count)
        timed = coroutines(corrections(ledger, count, wait=at_once == 1), at_once)
        return timed.run(fsync=ours.fsync_of(ledger), held=ledger.head)


def _stock(folder: Path, count: int, at_once: int) -> Run:
    with TemporaryDirectory(dir=folder) as home, stock.opened(Path(home)) as application:
        timed = threads(stock_corrections(application, count), at_once)
        return timed.run(fsync=stock.fsync_of(application), held=2 * count)


def _raw(folder: Path, count: int) -> Run:
    with TemporaryDirectory(dir=folder) as home:
        stored = _stored(Path(home), count)
        with raw.opened(Path(home)) as connection:
            inserts = [partial(connection.execute, raw.INSERT, row) for row in stored]
            timed = Timed.one_by_one(inserts)
            return timed.run(fsync=fsync(connection.cursor()), held=count)


def _stored(folder: Path, count: int) -> list[raw.Stored]:
    with ours.opened(folder) as ledger:
        open_cases(ledger, count)
        before = ledger.head
        coroutines(corrections(ledger, count), AT_ONCE)
        return raw.rows_of(ledger, before)


def _submit(ledger: Ledger, number: int) -> Future[Appended]:
    command = SubmitApplication(
        case_id=UUID(int=number),
        item=ITEM,
        form={"shop": f"shop {number}"},
        materials={"application-form": "0" * 64},
    )
    return ledger.submit(command, APPLICANT, command_id=UUID(int=number), verified=VERIFIED)


def _correct(ledger: Ledger, number: int, *, wait: bool) -> Future[Appended]:
    command = RequestCorrection(case_id=UUID(int=number), deficiencies=DEFICIENCIES)
    return ledger.submit(command, CLERK, command_id=UUID(int=number), wait=wait)
