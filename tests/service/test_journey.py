"""One case across the border, with every counterpart a process of its own; and what is left.

The people are those the simulators made up. What is known of them may be in an
answer to whoever may read it, and nowhere else.
"""

import base64
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from adapters.hk.simulator.people import RESIDENTS
from adapters.panprd.register import RESIDENTS as NEIGHBOURS
from demo import Walked, home_of, service_with_simulators, walk
from service.settings import Settings
from tests.service.visitor import Visitor

CHAN = RESIDENTS["chan"]
NEIGHBOUR = NEIGHBOURS[0]
SECRETS = (
    CHAN.name_en,
    CHAN.name_zh,
    CHAN.identification,
    CHAN.birth_date,
    NEIGHBOUR.number,
    NEIGHBOUR.name_zh,
    "Sample Tea House",
    "樣本茶室",
    "1 Example Road",
    "The layout plan of the kitchen is missing.",
    "The kitchen meets the standard.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """What one walk left behind."""

    walked: Walked
    home: Path
    refusals: tuple[bytes, ...]
    logged: str
    files: dict[Path, bytes] = field(repr=False)
    replay: dict[str, Any]


class Lines(logging.Handler):
    """Keeps whatever is logged, with its traceback."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{self.format(record)} {record.args} {record.__dict__}")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def journey(tmp_path_factory):
    home, lines, root = tmp_path_factory.mktemp("journey"), Lines(), logging.getLogger()
    settings = Settings(home=home)
    level = root.level
    root.addHandler(lines)
    root.setLevel(logging.DEBUG)
    try:
        async with service_with_simulators(settings, 0) as url, ClientSession(url) as http:
            walked = await walk(url, home_of(settings), logging.getLogger("tongban.walk").info)
            refusals = await refused(http, walked)
            supervisor = Visitor(http, walked.staff["supervisor"])
            replay = await supervisor.get(f"/v1/cases/{walked.case_id}/replay")
            files = read(home)
    finally:
        root.setLevel(level)
        root.removeHandler(lines)
    return Journey(
        walked=walked,
        home=home,
        refusals=refusals,
        logged="\n".join(lines.lines),
        files=files | {path.with_suffix(".after"): held for path, held in read(home).items()},
        replay=replay.body,
    )


async def refused(http, walked):
    """Let everybody do what is refused in the end, and keep what they are told."""
    path = f"/v1/cases/{walked.case_id}"
    visitors = [Visitor(http), Visitor(http, walked.applicant)]
    visitors += [Visitor(http, session) for session in walked.staff.values()]
    acts = ("corrections", "supplements", "withdrawals", "acceptances", "closures", "grants")
    answers = [await visitor.act(walked.case_id, act) for visitor in visitors for act in acts]
    answers += [await visitor.get(f"{path}/materials/none") for visitor in visitors]
    answers += [await visitor.get(f"{path}/replay?as_of=never") for visitor in visitors]
    assert {answer.status for answer in answers} <= {400, 401, 403, 404, 422}
    return tuple(answer.content for answer in answers)


def read(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def forms(secret):
    """The ways in which a text may stand in a file without being sealed."""
    utf8 = secret.encode()
    yield from (utf8, secret.encode("utf-16-le"), secret.encode("utf-16-be"))
    yield from (utf8.hex().encode(), utf8.hex().upper().encode())
    yield secret.encode("unicode_escape")
    for start in range(3):
        # Wherever it begins, three bytes of it become the same four characters.
        yield base64.b64encode(utf8[start : start + (len(utf8) - start) // 3 * 3])


def test_its_timeline_tells_the_steps_in_their_order(journey):
    events = [row["event"].removesuffix(".v1") for row in journey.walked.timeline]

    assert events == [
        "applicant.verified",
        "application.received",
        "correction.requested",
        "correction.submitted",
        "application.accepted_with_tolerance",
        "commitment.signed",
        "supplement.submitted",
        "case.reviewed",
        "case.granted_on_commitment",
        "decision.served",
        "case.closed",
    ]


def test_two_people_decided(journey):
    acted = {row["event"]: (row["role"], row["actor"]) for row in journey.walked.timeline}

    reviewer = acted["case.reviewed.v1"]
    approver = acted["case.granted_on_commitment.v1"]
    assert (reviewer[0], approver[0]) == ("reviewer", "approver")
    assert reviewer[1] != approver[1]


def test_every_step_has_its_times_its_channel_and_somebody_for_whom(journey):
    rows = journey.walked.timeline

    assert [row["version"] for row in rows] == list(range(1, len(rows) + 1))
    assert all(row["effective_at"] and row["recorded_at"] for row in rows)
    assert all(row["actor"] and row["principal"] and row["channel"] for row in rows)
    assert [row["recorded_at"] for row in rows] == sorted(row["recorded_at"] for row in rows)


def test_a_supervisor_replays_it_with_the_person_sealed(journey):
    received = journey.replay["entries"][1]

    assert journey.replay["case"]["status"] == "CLOSED"
    assert received["fields"]["form"] == received["fields"]["digests"] == "sealed"


def test_there_are_traces_to_look_through(journey):
    names = {path.name for path in journey.files}

    assert {"ledger.sqlite", "ledger.after"} <= names
    assert journey.walked.case_id.hex.encode() in journey.files[
        journey.home / "ledger.sqlite"
    ] + journey.files.get(journey.home / "ledger.sqlite-wal", b"")
    assert "They apply to Zhaoqing" in journey.logged


@pytest.mark.parametrize("secret", SECRETS)
def test_what_is_known_of_a_person_is_in_no_file_no_log_and_no_refusal(journey, secret):
    kept = [
        path.relative_to(journey.home)
        for path, held in journey.files.items()
        if any(form in held for form in forms(secret))
    ]

    assert kept == []
    assert secret not in journey.logged
    assert not any(form in told for form in forms(secret) for told in journey.refusals)


@pytest.mark.parametrize("secret", ["Sample layout-plan", "%PDF-1.4"])
def test_what_was_uploaded_is_in_no_file(journey, secret):
    assert not any(form in held for form in forms(secret) for held in journey.files.values())


def test_no_session_is_in_a_file_or_a_log(journey):
    sessions = [journey.walked.applicant, *journey.walked.staff.values()]

    for session in sessions:
        middle = session[60:90]
        assert middle not in journey.logged
        assert not any(middle.encode() in held for held in journey.files.values())
