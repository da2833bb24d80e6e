"""`docs/access.md` is held to the table that every request is held to."""

import re
from pathlib import Path

import msgspec
import pytest

from adapters.oidc.simulator.__main__ import STAFF
from identity.errors import TokenRefused
from identity.staff_grants import Grants
from ledger.catalogue import load_catalogue
from service.grants import check_grants
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


def test_the_grants_shown_let_the_simulator_s_people_sign_in():
    [shown] = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    grants = msgspec.json.decode(shown, type=Grants)
    check_grants(grants.grants, set(load_catalogue().authorities))

    given = {who: grants.of(STAFF[who], None) for who in ("a clerk", "a supervisor")}

    assert given["a clerk"][1].role == "clerk"
    assert given["a supervisor"][1].role == "supervisor"
    with pytest.raises(TokenRefused, match="groups: names none of clerks, supervisors"):
        grants.of(STAFF["a reviewer"], None)
