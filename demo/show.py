"""What a walk shows a person: what happened, in order, and what to try next."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from demo.walk import Walked
from terminal.tables import table
from terminal.texts import words

_ZONE = ZoneInfo("Asia/Shanghai")


def timeline_lines(walked: Walked) -> Iterator[str]:
    """Yield the case's timeline, times as the deciding authority's clocks show them."""
    yield f"Case {walked.receipt}, times in {_ZONE}"
    yield from table(
        ("IN EFFECT", "WHAT", "WHO", "LEGAL BASIS"),
        [
            (
                f"{row['effective_at'].astimezone(_ZONE):%F %T}",
                words(row["event"]),
                row["role"] if row["role"] == "applicant" else f"{row['role']} {row['actor']}",
                row["legal_basis"] or "",
            )
            for row in walked.timeline
        ],
    )


def next_lines(walked: Walked, home: Path) -> Iterator[str]:
    """Yield commands to type next; each works as it stands, while the service runs."""
    case = f"{walked.url}/v1/cases/{walked.case_id}"
    fifth = walked.timeline[4]["position"]
    yield "Sessions, good for an hour:"
    yield f"  APPLICANT={walked.applicant}"
    yield f"  SUPERVISOR={walked.staff['supervisor']}"
    yield "To try next, in another terminal, after pasting the two lines above:"
    yield f"  curl {walked.url}/v1/items"
    yield f'  curl -H "Authorization: Bearer $APPLICANT" {case}'
    yield f'  curl -H "Authorization: Bearer $APPLICANT" {case}/timeline'
    yield f'  curl -H "Authorization: Bearer $SUPERVISOR" "{case}/replay?position={fifth}"'
    yield f'  curl -H "Authorization: Bearer $SUPERVISOR" {walked.url}/v1/cases'
    yield f"  .venv/bin/tongban --home {home} replay {walked.receipt}"
    yield f"  .venv/bin/tongban --home {home} verify"
