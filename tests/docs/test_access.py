"""`docs/access.md` is held to the table that every request is held to."""

import re
from pathlib import Path

from service.policy import POLICIES, READERS, Open

TEXT = (Path(__file__).parents[2] / "docs" / "access.md").read_text()


def row(route, policy):
    """Return how a route stands in the document."""
    who = "readers" if policy.who == READERS else policy.who
    named = who.value if isinstance(who, Open) else who
    told = named if isinstance(named, str) else ", ".join(sorted(named))
    personal = "yes" if policy.personal else ""
    return f"| `{route}` | {told} | {policy.scope or '–'} | {personal} |"


def test_every_route_is_listed_with_who_may_ask_it():
    listed = re.findall(r"^\| `[A-Z]+ /.*$", TEXT, re.MULTILINE)

    assert sorted(listed) == sorted(row(*each) for each in POLICIES.items())


def test_whoever_reads_cases_is_named():
    [readers] = re.findall(r"`readers` are ([^.]*)\.", TEXT)

    assert set(re.findall(r"[a-z-]+", readers)) - {"and"} == {str(role) for role in READERS}
