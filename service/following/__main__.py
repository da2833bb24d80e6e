"""The process that folds: `python -m service.following`, started by the one that answers.

It writes nothing to the log, and ends when the other lets go of the pipe. Signals are
the other's: Ctrl-C reaches both, and a batch of rows is not to be cut short by it.
"""

import secrets
import signal
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import IO

import msgspec

from ledger.application import Ledger
from ledger.home import Home
from ledger.opening import all_views, open_ledger
from ledger.projections.follower import Follower
from service.edge import now
from service.following.lines import News, Opening, Stands, line
from service.logs import telling


class _Telling:
    """Says how views stand, whenever one stands otherwise than was said before."""

    def __init__(self, to: IO[bytes], over: threading.Event) -> None:
        self.follower: Follower | None = None
        self._to = to
        self._over = over
        self._said: dict[str, Stands] = {}

    def __call__(self) -> None:
        if self.follower is None:
            return
        stand = [
            Stands(each.name, each.position, each.set_aside, each.trouble)
            for each in self.follower.keepers
        ]
        news = [each for each in stand if self._said.get(each.name) != each]
        if news:
            self._said |= {each.name: each for each in news}
            try:
                self._to.write(line(news))
                self._to.flush()
            except OSError:
                self._over.set()


def main() -> None:
    """Follow the log that the first line names."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    first = sys.stdin.buffer.readline()
    if first:
        opening = msgspec.json.decode(first, type=Opening)
        with telling(level=opening.log_level, form=opening.log_format):
            _follow(opening, sys.stdin.buffer, sys.stdout.buffer)


def _follow(opening: Opening, told: IO[bytes], telling: IO[bytes]) -> None:
    home = Home(Path(opening.home), secrets.token_bytes, opening.database)
    # Erasures are carried out by the other: what was read of a key may not outlast it.
    ledger = open_ledger(
        home,
        clock=now,
        random=secrets.token_bytes,
        items=_path(opening.items),
        calendars=_path(opening.calendars),
        keys=opening.keys,
        keys_remembered=0,
    )
    over = threading.Event()
    tell = _Telling(telling, over)
    with closing(Follower(ledger, home.views, all_views(ledger), told=tell)) as follower:
        tell.follower = follower
        listening = threading.Thread(
            target=_listen, args=(told, ledger, follower, over), daemon=True
        )
        listening.start()
        follower.run(over)


def _listen(told: IO[bytes], ledger: Ledger, follower: Follower, over: threading.Event) -> None:
    try:
        for said in told:
            # A line that broke off was said by nobody.
            if not said.endswith(b"\n"):
                break
            news = msgspec.json.decode(said, type=News)
            ledger.reached(news.head)
            if news.hurry:
                follower.wake()
    finally:
        # Whoever hears nothing any more is to be started again.
        over.set()
        follower.wake()


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)


if __name__ == "__main__":
    main()
