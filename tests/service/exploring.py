"""Schemathesis over a running service: what it asks is made of the OpenAPI document."""

import asyncio
import json
import os
import sys
from pathlib import Path

from tests.service.running import ELSEWHERE, FORM, ITEM, Service

CHECKS = (
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "missing_required_header",
)
"""A 500 is in no description, so that it is a fault too; 503 with its reason is none.

What is left out would call a rule of the procedure a fault: that what fits is refused.
"""
ROLES = ("clerk", "reviewer", "approver", "department-head")
APART = ("operator", "chief-officer", "data-protection-officer")
"""Whoever works at no authority."""
_ROOT = Path(__file__).parents[2]


async def explore(service: Service, phase: str, seconds: int, *only: str) -> tuple[int, str]:
    """Return how a phase of Schemathesis ended, after about `seconds`, and what it printed."""
    arguments = [
        *("run", f"{service.url}/openapi.json", "--checks", ",".join(CHECKS)),
        *("--max-time", str(seconds), "--phases", phase),
        *("--max-examples", "1", "--request-timeout", "10", "--no-color", "--no-shrink"),
        *("--mode", "all", "--generation-database", "none", "--warnings", "off"),
        *("--suppress-health-check", "all", "--continue-on-failure", *only),
    ]
    environ = {
        **os.environ,
        "SCHEMATHESIS_HOOKS": "tests.service.exploring_hooks",
        "EXPLORED": json.dumps(await _told(service)),
        "PYTHONPATH": str(_ROOT),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", *arguments),
        cwd=service.home.folder.parent,
        env=environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        printed, _ = await asyncio.wait_for(process.communicate(), 5 * seconds + 60)
    except TimeoutError:
        process.kill()
        raise
    return process.returncode or 0, printed.decode()


async def _told(service: Service) -> dict[str, object]:
    """Let there be people and a few cases to ask about."""
    applicant = await service.applicant()
    digest = await applicant.upload()
    cases = [await service.apply(applicant, "application-form") for _ in range(3)]
    officials = {role: service.official(role) for role in ROLES}
    callers = {
        "applicant": applicant,
        **officials,
        "supervisor": service.supervisor,
        **{role: service.session(role, channel="system") for role in APART},
        "agent": service.session("agent", channel="portal"),
    }
    await officials["clerk"].act(cases[0], "acceptances")
    shown = await applicant.get(f"/v1/cases/{cases[0]}")
    return {
        "sessions": {role: each.session for role, each in callers.items()},
        "known": {
            "case_id": cases,
            "item": [ITEM],
            "item_id": [ITEM],
            "form": [FORM],
            "materials": [{"application-form": digest}],
            "digest": [digest],
            "kind": ["application-form"],
            "version": [1, 2],
            "position": [1],
            "inform": [None],
            "view": ["case_list", "timeline"],
            "authority": [ELSEWHERE],
            "purpose": [ITEM],
            "method": ["iamsmart"],
            "list": ["0", "sessions"],
            "subject": [shown.body["case"]["subject"]],
            "format": ["csv", "xes", "ocel-json"],
            "tile": ["0/000", "entries/000"],
        },
    }
