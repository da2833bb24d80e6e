"""Appending one command after another, each durable before the next.

The ledger loads the case, decides, seals, and commits entry, leaf and one-time
key; the peers write one event that is ready to a case already there.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from benchmarks import ours, raw, stock
from benchmarks.made_up import APPLICANT, CLERK, DEFICIENCIES, ITEM, VERIFIED
from benchmarks.measure import Peer, Row, Run, fsync, one_by_one, race
from ledger.application import Ledger
from ledger.commands import RequestCorrection, SubmitApplication

_COMMANDS = 400


def rows(folder: Path, *, scale: float, rounds: int) -> Iterator[Row]:
    """Race as many appends as `scale` asks for, each to a case of its own."""
    count = max(2, int(_COMMANDS * scale))
    peers = (
        Peer(
            name="stock save",
            leaves_out="loads, seals and hashes nothing; no one-time key",
            run=partial(_stock, folder, count),
        ),
        Peer(
            name="sqlite3, a row a transaction",
            leaves_out="inserts rows that are ready, without leaf or key",
            run=partial(_raw, folder, count),
        ),
    )
    yield from race(
        rounds,
        what="append, one command at a time",
        unit="commands/s",
        ours=partial(_ours, folder, count),
        peers=peers,
    )


def _ours(folder: Path, count: int) -> Run:
    with TemporaryDirectory(dir=folder) as home, ours.opened(Path(home)) as ledger:
        _open_cases(ledger, count)
        each = one_by_one([partial(_correct, ledger, number) for number in range(count)])
        return Run(
            operations=count,
            seconds=sum(each),
            fsync=ours.fsync_of(ledger),
            held=ledger.head,
            each=each,
        )


def _stock(folder: Path, count: int) -> Run:
    with TemporaryDirectory(dir=folder) as home, stock.opened(Path(home)) as application:
        dossiers = [stock.Dossier(f"A{number}") for number in range(count)]
        application.save(*dossiers)

        def correct(dossier: stock.Dossier) -> None:
            dossier.correct(DEFICIENCIES)
            application.save(dossier)

        each = one_by_one([partial(correct, dossier) for dossier in dossiers])
        return Run(
            operations=count,
            seconds=sum(each),
            fsync=stock.fsync_of(application),
            held=2 * count,
            each=each,
        )


def _raw(folder: Path, count: int) -> Run:
    with TemporaryDirectory(dir=folder) as home:
        stored = _corrections(Path(home), count)
        with raw.opened(Path(home)) as connection:
            each = one_by_one([partial(connection.execute, raw.INSERT, row) for row in stored])
            return Run(
                operations=count,
                seconds=sum(each),
                fsync=fsync(connection.cursor()),
                held=count,
                each=each,
            )


def _corrections(folder: Path, count: int) -> list[raw.Stored]:
    with ours.opened(folder) as ledger:
        _open_cases(ledger, count)
        before = ledger.head
        for number in range(count):
            _correct(ledger, number)
        return raw.rows_of(ledger, before)


def _open_cases(ledger: Ledger, count: int) -> None:
    for number in range(count):
        command = SubmitApplication(
            case_id=UUID(int=number),
            item=ITEM,
            form={"shop": f"shop {number}"},
            materials={"application-form": "0" * 64},
        )
        opened = ledger.submit(
            command, APPLICANT, command_id=UUID(int=number), verified=VERIFIED
        )
        opened.result()


def _correct(ledger: Ledger, number: int) -> None:
    command = RequestCorrection(case_id=UUID(int=number), deficiencies=DEFICIENCIES)
    ledger.submit(command, CLERK, command_id=UUID(int=number)).result()
