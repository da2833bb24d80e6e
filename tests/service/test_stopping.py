"""A service that is told to end, with requests in flight: nothing that was told is lost."""

import asyncio
import json
import os
import signal
import socket
import sys
from uuid import UUID

import pytest
from aiohttp import ClientError, ClientSession, ClientTimeout

from benchmarks import ours
from benchmarks.appending import open_cases
from benchmarks.made_up import CLERK, DEFICIENCIES
from identity.assurance import of_staff
from ledger.events import CorrectionRequested
from ledger.home import Home
from server import open_sessions
from service.policy import scopes_of

CASES, AT_ONCE, ENOUGH = 400, 16, 40
SERVE = (sys.executable, "-c", "from cli import main; main()")


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "home", os.urandom)
    with ours.opened(home.folder) as ledger:
        open_cases(ledger, CASES)
    return home


async def started(home, **settings):
    """Start `tongban serve`, and return it with its address and what it logs to."""
    log = home.folder.with_suffix(".log")
    around = {f"TONGBAN_{name}": value for name, value in settings.items()}
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            *SERVE,
            *("--home", str(home.folder), "serve", "--port", "0"),
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            env={**os.environ, **around},
        )
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), 20)
    return process, line.split()[-1].decode(), log


def clerk_of(home):
    token, _ = open_sessions(home).open(
        subject=CLERK.id,
        role=CLERK.role,
        channel=CLERK.channel,
        assurance=of_staff(ours.now()),
        authority=CLERK.authority,
        principal=CLERK.principal,
        scopes=scopes_of(CLERK.role),
    )
    return {"Authorization": f"Bearer {token}"}


async def correct(http, number):
    """Ask for a correction of one case, and return the status, or `None` for no answer."""
    headers = {"Idempotency-Key": f"key-{number}", "If-Match": '"2"'}
    path = f"/v1/cases/{UUID(int=number)}/correction-requests"
    body = {"deficiencies": DEFICIENCIES}
    try:
        async with http.post(path, json=body, headers=headers) as answer:
            await answer.read()
            return answer.status
    except (ClientError, TimeoutError):
        return None


async def test_who_was_answered_is_in_the_log_however_many_were_under_way(home):
    process, url, log = await started(home, DRAIN_SECONDS="0.3", SHUTDOWN_SECONDS="5")
    answers, numbers, enough = {}, iter(range(CASES)), asyncio.Event()

    async with ClientSession(
        url, headers=clerk_of(home), timeout=ClientTimeout(total=15)
    ) as http:

        async def ask():
            for number in numbers:
                answers[number] = await correct(http, number)
                if len(answers) == ENOUGH:
                    enough.set()
                if answers[number] is None:
                    return

        asking = [asyncio.create_task(ask()) for _ in range(AT_ONCE)]
        await enough.wait()
        process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.1)
        async with http.get("/ready") as ready:
            told = ready.status, await ready.json()
        await asyncio.gather(*asking)
        code = await asyncio.wait_for(process.wait(), 20)

    assert code == 0
    assert told == (503, {"status": "not-ready", "reasons": ["stopping"]})
    with ours.opened(home.folder) as ledger:
        written = {e.stream.int for e in ledger.read(0) if _is_correction(e)}
    done = {number for number, status in answers.items() if status is not None and status < 300}
    refused = {number for number, status in answers.items() if status == 503}
    assert len(done) >= ENOUGH
    assert done <= written
    assert not refused & written
    assert set(answers.values()) <= {200, 201, 503, None}
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert {each["logger"] for each in lines} == {"tongban.access", "tongban.service"}
    said = [each["message"] for each in lines if each["logger"] == "tongban.service"]
    assert said == ["answering", "told to end", "ended"]


def _is_correction(entry):
    return isinstance(entry.event, CorrectionRequested)


async def test_who_never_ends_a_request_is_broken_off_in_time(home):
    process, url, _ = await started(home, SHUTDOWN_SECONDS="0.3")
    reader, writer = await asyncio.open_connection(*url.removeprefix("http://").split(":"))
    begun = "POST /v1/codes/check HTTP/1.1\r\nHost: here\r\nContent-Length: 99\r\n"
    writer.write(f"{begun}Content-Type: application/json\r\n\r\n{{".encode())
    await asyncio.sleep(0.2)

    process.send_signal(signal.SIGTERM)
    code = await asyncio.wait_for(process.wait(), 10)
    answer = await reader.read()
    writer.close()

    assert code == 0
    assert b" 200 " not in answer


async def test_a_second_signal_ends_it_at_once(home):
    process, url, _ = await started(home, DRAIN_SECONDS="60")

    process.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.1)
    async with ClientSession(url) as http, http.get("/live") as live:
        still = live.status
    process.send_signal(signal.SIGTERM)

    assert still == 200
    assert await asyncio.wait_for(process.wait(), 5) == -signal.SIGTERM


async def test_metrics_are_told_at_a_port_of_their_own_and_nowhere_else(home):
    (home.folder / "tongban.toml").write_text('[telling]\nmetrics = "127.0.0.1:0"')
    process, url, _ = await started(home)
    try:
        told = await asyncio.wait_for(process.stdout.readline(), 5)
        async with ClientSession() as http:
            async with http.get(f"{url}/metrics") as here:
                pass
            text = ""
            async with asyncio.timeout(10):
                # Until the views are made, what they tell is left out.
                while "tongban_deadlines" not in text:
                    async with http.get(told.split()[-1].decode()) as there:
                        text = await there.text()
    finally:
        process.send_signal(signal.SIGINT)
        code = await process.wait()

    assert (here.status, there.status, code) == (404, 200, 0)
    assert f"tongban_head_position {ours_head(home)}" in text.replace(".0\n", "\n")
    for name in ("writer_waiting", "commit_seconds_count", "deadlines_running"):
        assert f"\ntongban_{name} " in text
    assert 'tongban_view_lag{view="timeline"} ' in text
    assert 'tongban_key_expiry_days{use="region"} ' in text
    assert "process_open_fds" in text


async def test_a_port_of_metrics_that_is_taken_is_all_that_is_told(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            *SERVE,
            *("--home", str(home.folder), "serve", "--port", "0"),
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "TONGBAN_METRICS": str(port), "TONGBAN_LOG_FORMAT": "json"},
        )
        _, said = await asyncio.wait_for(process.communicate(), 30)

    assert process.returncode == 1
    [line] = said.decode().splitlines()
    assert line.startswith(f"tongban: TONGBAN_METRICS: cannot listen at 127.0.0.1:{port}")


def ours_head(home):
    with ours.opened(home.folder) as ledger:
        return ledger.head
