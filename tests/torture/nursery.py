"""Processes to kill, forked from one that has imported everything: each starts at once.

`python -m tests.torture.nursery` is that one: it takes work on its standard
input, and answers with the number of the process that does it.
"""

import logging
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgspec

from tests.torture.plan import Life
from tests.torture.store import Store
from tests.torture.work import work


class Nursery:
    """Starts processes at work, and kills them."""

    def __init__(self, requests: IO[bytes], answers: IO[bytes]) -> None:
        self._requests = requests
        self._answers = answers

    def start(self, store: Store, life: Life, answers: Path) -> int:
        """Let a process begin to work; return its number."""
        return self._asked((store, life, answers))

    def kill(self, process: int) -> None:
        """Kill it at once; raises `AssertionError` if it ended by itself before."""
        status = self._asked(process)
        if status != -signal.SIGKILL:
            raise AssertionError(f"the process ended by itself, with {status}")

    def _asked(self, request: object) -> int:
        self._requests.write(msgspec.json.encode(request, enc_hook=str) + b"\n")
        self._requests.flush()
        return msgspec.json.decode(self._answers.readline(), type=int)


@contextmanager
def nursery() -> Iterator[Nursery]:
    """Run a nursery until the block ends; it takes its children with it."""
    command = (sys.executable, "-m", "tests.torture.nursery")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Nursery(process.stdin, process.stdout)
        process.stdin.close()


def _run(requests: IO[bytes], answers: IO[bytes]) -> None:
    children: set[int] = set()
    for line in requests:
        request = msgspec.json.decode(line, type=_REQUEST, dec_hook=_decoded)
        if isinstance(request, int):
            answer = _killed(request)
            children.discard(request)
        else:
            answer = _forked(*request)
            children.add(answer)
        answers.write(b"%d\n" % answer)
        answers.flush()
    for child in children:
        _killed(child)


_REQUEST = int | tuple[Store, Life, Path]


def _decoded(kind: type[Any], value: object) -> Any:
    return kind(value)


def _forked(store: Store, life: Life, answers: Path) -> int:
    process = os.fork()
    if process == 0:
        try:
            work(store, life, answers)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    return process


def _killed(process: int) -> int:
    os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    # What is said while databases and processes are killed is not what is looked for.
    logging.disable()
    _run(sys.stdin.buffer, sys.stdout.buffer)
