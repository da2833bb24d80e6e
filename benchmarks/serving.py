"""The API over HTTP beside a bare handler that parses, validates and echoes what it gets.

Each server is a process of its own, and so are the callers. The bare one has no
session to read, no case to look for, and nothing to make durable.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import msgspec

from benchmarks import calls, least, ours
from benchmarks.appending import AT_ONCE, open_cases
from benchmarks.made_up import APPLICANT, CLERK, DEFICIENCIES
from benchmarks.measure import Peer, Row, Run, Timed, race
from benchmarks.servers import echoing, running, serving
from identity.assurance import of_staff
from ledger.actor import Actor
from ledger.home import Home
from ledger.opening import all_views
from ledger.projections.follower import Follower
from server import open_sessions

_CALLS = 3_000
_READS_A_COMMAND = 9
_BODY = msgspec.json.encode({"deficiencies": DEFICIENCIES})

Work = Callable[[str, list[bytes]], Timed]
Asked = Callable[[int], list[bytes]]


def rows(folder: Path, *, scale: float, rounds: int) -> Iterator[Row]:
    """Race commands, reads and a mix of both, and show the mix at half of what it reached."""
    number = max(_READS_A_COMMAND + 1, int(_CALLS * scale))
    with (
        TemporaryDirectory(dir=folder) as scratch,
        being_served(Path(scratch), number * 2 * rounds) as served,
    ):
        at_once = partial(calls.at_once, connections=AT_ONCE)
        full = partial(_race, served, rounds, number, at_once)
        what = f"a durable command over HTTP, {AT_ONCE} at once"
        yield from full(what, served.commands, served.keeping)
        what = f"read a case over HTTP, {AT_ONCE} at once"
        yield from full(what, served.reads, served.finding)
        mixed = list(full(f"nine reads a command over HTTP, {AT_ONCE} at once", served.mix))
        yield from mixed
        paced = partial(calls.paced, rate=mixed[0].ours.rate / 2)
        what = "nine reads a command over HTTP, at half that load"
        yield from _race(served, rounds, number, paced, what, served.mix)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bare:
    """A service that leaves something out, and what it is asked so many times."""

    name: str
    leaves_out: str
    url: str
    asked: Asked


class Served:
    """Ours with cases that wait for a clerk, and the bare ones beside it."""

    def __init__(self, home: Home, url: str, bare: Sequence[str], cases: int) -> None:
        self.url = url
        self._cases, self._commanded, self._read = cases, 0, 0
        echo, keeping, finding = bare
        self.echo = Bare(
            name="bare aiohttp handler that echoes",
            leaves_out="reads no session, looks for nothing, makes nothing durable",
            url=echo,
            asked=lambda number: [_echo(echo)] * number,
        )
        self.keeping = Bare(
            name="one that keeps a row besides",
            leaves_out="reads no session, decides nothing, has no tree and no views",
            url=keeping,
            asked=lambda number: [_echo(keeping)] * number,
        )
        self.finding = Bare(
            name="one that reads the entries",
            leaves_out="reads no session, asks nobody whether, folds nothing",
            url=finding,
            asked=lambda number: [self._question(finding, each) for each in range(number)],
        )
        self._applicant, self._clerk = (_session(home, who) for who in (APPLICANT, CLERK))

    def commands(self, number: int) -> list[bytes]:
        """Return `number` commands of a clerk, each to a case of its own."""
        first, self._commanded = self._commanded, self._commanded + number
        assert self._commanded <= self._cases
        return [self._command(each) for each in range(first, first + number)]

    def reads(self, number: int) -> list[bytes]:
        """Return `number` questions of an applicant for one case of theirs after another."""
        return [self._next_question() for _ in range(number)]

    def mix(self, number: int) -> list[bytes]:
        """Return `number` of both, each command among nine questions."""
        commands = iter(self.commands(number // (_READS_A_COMMAND + 1) + 1))
        return [
            self._next_question() if each % (_READS_A_COMMAND + 1) else next(commands)
            for each in range(number)
        ]

    def _command(self, number: int) -> bytes:
        return calls.request(
            "POST",
            f"{self.url}/v1/cases/{UUID(int=number)}/correction-requests",
            _BODY,
            Authorization=f"Bearer {self._clerk}",
            Content_Type="application/json",
            Idempotency_Key=f"correction-{number}",
            If_Match='"2"',
        )

    def _next_question(self) -> bytes:
        self._read += 1
        return self._question(self.url, self._read)

    def _question(self, url: str, number: int) -> bytes:
        return calls.request(
            "GET",
            f"{url}/v1/cases/{UUID(int=number % self._cases)}",
            Authorization=f"Bearer {self._applicant}",
        )


@contextmanager
def being_served(folder: Path, cases: int) -> Iterator[Served]:
    home = Home(folder / "home", os.urandom)
    with ours.opened(home.folder) as ledger:
        open_cases(ledger, cases)
        with closing(Follower(ledger, home.views, all_views(ledger))) as follower:
            follower.catch_up()
    kept = folder / "kept"
    kept.mkdir()
    services = (
        (serving, str(home.folder)),
        (echoing, ""),
        (least.appending, str(kept)),
        (least.finding, str(home.folder / "ledger.sqlite")),
    )
    with ExitStack() as stack:
        url, *bare = [stack.enter_context(running(*each)) for each in services]
        yield Served(home, url, bare, cases)


def _session(home: Home, who: Actor) -> str:
    token, _ = open_sessions(home).open(
        subject=who.id,
        role=who.role,
        channel=who.channel,
        assurance=of_staff(ours.now()),
        authority=who.authority,
        principal=who.principal,
    )
    return token


def _echo(url: str) -> bytes:
    return calls.request("POST", f"{url}/echo", _BODY, Content_Type="application/json")


def _race(
    served: Served, rounds: int, number: int, work: Work, what: str, asked: Asked, *also: Bare
) -> Iterator[Row]:
    def run(url: str, asked: Asked) -> Run:
        return work(url, asked(number)).run(fsync="FULL wal", held=number)

    yield from race(
        rounds,
        what=what,
        unit="answers/s",
        ours=partial(run, served.url, asked),
        peers=[
            Peer(
                name=each.name,
                leaves_out=each.leaves_out,
                run=partial(run, each.url, each.asked),
            )
            for each in (served.echo, *also)
        ],
    )
