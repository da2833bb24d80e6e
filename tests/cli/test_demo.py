"""The demonstration walks a whole case, and says so when a step does not do what it should."""

import socket
import subprocess

from tests.commands import COMMAND

SECONDS = 60
STEPS = [
    "applicant verified",
    "application received",
    "correction requested",
    "correction submitted",
    "application accepted with tolerance",
    "commitment signed",
    "supplement submitted",
    "case reviewed",
    "case granted on commitment",
    "decision served",
    "case closed",
]


def demo(home, *options):
    command = [*COMMAND, "--home", home, "demo", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)


def test_the_demonstration_tells_the_case_in_order(home):
    shown = demo(home)

    timeline = shown.stdout.partition("IN EFFECT")[2].splitlines()[1:]
    assert shown.returncode == 0, shown.stderr
    assert [line[21:].split("  ")[0] for line in timeline] == STEPS


def test_the_demonstration_fails_where_its_port_is_taken(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        shown = demo(home, "--port", str(port))

    assert shown.returncode == 1
    assert shown.stderr == (
        f"tongban: port {port} is taken: stop what listens, or give --port\n"
    )
