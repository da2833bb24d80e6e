"""Schemathesis over a running service: what it asks is made of the OpenAPI document."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from rest import Rate
from server import open_sessions
from tests.service.neighbours import GX, partner
from tests.service.ready import Ready, prepared_for
from tests.service.running import ELSEWHERE, FORM, ITEM, Service, prepared, running

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
LIMIT = 150
"""Seconds beyond those that were given, after which nothing is waited for any more."""
UNLIMITED = Rate(per_second=0, burst=0)
_ROOT = Path(__file__).parents[2]
_CONFIGURATION = """
[phases.stateful]
max-steps = 20
[phases.stateful.inference]
algorithms = []
"""
"""The links that are followed are those of the document, and none that are guessed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What one request was answered; `source` is what told an id that it asked by."""

    operation: str
    status: int
    source: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explored:
    """How a phase of Schemathesis ended, what it printed, and what it got to see."""

    ended: int
    printed: str
    operations: frozenset[str]
    links: frozenset[tuple[str, str]]
    answers: tuple[Answered, ...]

    @property
    def granted(self) -> frozenset[str]:
        """The operations of which something was answered that is no refusal."""
        return frozenset(each.operation for each in self.answers if each.status < 400)

    def followed(self, below: int = 600) -> frozenset[tuple[str, str]]:
        """From which operation to which it went with an id that it was told."""
        return frozenset(
            (each.source, each.operation)
            for each in self.answers
            if each.source is not None and each.status < below
        )


@asynccontextmanager
async def explored(folder: Path) -> AsyncIterator[Service]:
    """A service with a partner that is away, which nothing is too much for."""
    partners = {GX: partner(GX, prepared(folder / "partner"))}
    async with running(
        folder / "home",
        partners=partners,
        address_rate=UNLIMITED,
        caller_rate=UNLIMITED,
        webhook_networks=(ip_network("127.0.0.0/8"),),
    ) as service:
        yield service


async def explore(service: Service, phase: str, examples: int, seconds: int = 0) -> Explored:
    """Ask `examples` of each operation in a phase, or with `seconds` as many as can be."""
    folder = service.home.folder.parent
    configuration, told, answers = (
        folder / name for name in ("schemathesis.toml", "told.json", "answers.jsonl")
    )
    configuration.write_text(_CONFIGURATION)
    answers.write_text("")
    arguments = [
        *("--config-file", str(configuration)),
        *("run", f"{service.url}/openapi.json", "--checks", ",".join(CHECKS)),
        *("--phases", phase, "--max-examples", str(examples)),
        *(("--max-time", str(seconds)) if seconds else ()),
        *("--request-timeout", "10", "--no-color", "--no-shrink"),
        *("--mode", "all", "--generation-database", "none", "--warnings", "off"),
        *("--suppress-health-check", "all", "--continue-on-failure"),
    ]
    environ = {
        **os.environ,
        "SCHEMATHESIS_HOOKS": "tests.service.exploring_hooks",
        "EXPLORED": str(told),
        "EXPLORED_ANSWERS": str(answers),
        "PYTHONPATH": str(_ROOT),
    }
    async with prepared_for(service) as ready:
        told.write_text(json.dumps(await _told(service, ready)))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "schemathesis.cli", *arguments),
            cwd=folder,
            env=environ,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            printed, _ = await asyncio.wait_for(process.communicate(), seconds + LIMIT)
        except TimeoutError:
            process.kill()
            raise
    document = (await service.anyone.get("/openapi.json")).body
    lines = answers.read_text().splitlines()
    return Explored(
        ended=process.returncode or 0,
        printed=printed.decode(),
        operations=frozenset(_operations(document).values()),
        links=_links(document),
        answers=tuple(Answered(**json.loads(line)) for line in lines),
    )


def _operations(document: Mapping[str, Any]) -> dict[str, str]:
    return {
        each["operationId"]: f"{method.upper()} {path}"
        for path, operations in document["paths"].items()
        for method, each in operations.items()
    }


def _links(document: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    names = _operations(document)
    return frozenset(
        (f"{method.upper()} {path}", names[link["operationId"]])
        for path, operations in document["paths"].items()
        for method, each in operations.items()
        for answer in each["responses"].values()
        for link in answer.get("links", {}).values()
    )


async def _told(service: Service, ready: Mapping[str, Ready]) -> dict[str, object]:
    """Return who there is, what they may name, and one request for each operation."""
    applicant = await service.applicant()
    digest = await applicant.upload()
    callers = {
        "applicant": applicant,
        **{role: service.official(role) for role in ROLES},
        "supervisor": service.supervisor,
        **{role: service.session(role, channel="system") for role in APART},
        "agent": service.session("agent", channel="portal"),
    }
    return {
        "sessions": {role: each.session for role, each in callers.items()},
        "ready": {
            operation: _shown(operation, each, service) for operation, each in ready.items()
        },
        "known": {
            "item": [ITEM],
            "form": [FORM],
            "materials": [{"application-form": digest}],
            "position": [1],
            "inform": [None],
            "authority": [ELSEWHERE],
            "purpose": [ITEM],
            "method": ["iamsmart"],
        },
    }


def _shown(operation: str, ready: Ready, service: Service) -> dict[str, object]:
    """Return a request as one of this operation, with what stands in each of its places."""
    _, _, template = operation.partition(" ")
    pattern = re.sub(r"{(\w+)}", r"(?P<\1>.+)", template)
    places = re.fullmatch(pattern, ready.path)
    assert places is not None, (operation, ready.path)
    session = ready.who.session
    role = session and open_sessions(service.home, service.edge).read(session).role
    return {
        "session": session,
        "own": role in (None, "applicant", "agent"),
        "path": {name: unquote(place) for name, place in places.groupdict().items()},
        "query": ready.query,
        "headers": ready.headers,
        "body": ready.body,
    }
