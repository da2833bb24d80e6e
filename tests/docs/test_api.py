"""`docs/api.md` is held to the code: every route, command and problem, and no other."""

import re
from pathlib import Path

from ledger.http.acts import ACTS
from ledger.rules import ROLES
from rest.problem import OWN, name_of
from server import create_app
from service.problems import PROBLEMS
from service.settings import Settings

TEXT = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
NOT_OVER_HTTP = {"agent"}


def test_every_route_has_its_paragraph(tmp_path):
    app = create_app(Settings(home=tmp_path, sample_register=True))

    routes = {(r.method, r.resource.canonical) for r in app.router.routes() if r.resource}
    paragraphs = re.findall(r"^### `([A-Z]+) (/\S*)`$", TEXT, re.MULTILINE)

    assert sorted(paragraphs) == sorted(route for route in routes if route[0] != "HEAD")


def test_every_command_is_listed_with_who_may_give_it():
    rows = re.findall(r"^\| `([a-z-]+)` \| ([a-z, ]+) \|", TEXT, re.MULTILINE)

    assert {act: set(who.split(", ")) for act, who in rows} == {
        act: set(ROLES[command]) - NOT_OVER_HTTP for act, command in ACTS.items()
    }


def test_every_command_is_listed_with_its_fields():
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| [a-z, ]+ \| (.*) \|$", TEXT, re.MULTILINE))

    for act, command in ACTS.items():
        for name in set(command.__dataclass_fields__) - {"case_id"}:
            assert f"`{name}`" in rows[act], f"{act} takes {name}"


def test_every_problem_is_listed_with_its_status():
    rows = re.findall(r"^\| `/problems/([a-z-]+)` \| ([0-9]+) \|", TEXT, re.MULTILINE)

    assert {name: int(status) for name, status in rows} == {
        name_of(kind): problem.status for kind, problem in {**OWN, **PROBLEMS}.items()
    }
