"""The table of who may ask what: complete, and nothing that is not in it is answered."""

import pytest
from aiohttp import web

from identity.sessions import ACT, ADMIN, READ
from ledger.actor import Role
from server import create_app
from service.policy import POLICIES, Open
from service.settings import Settings
from tests.service.running import AUTHORITY, running, serving, visiting
from tests.service.visitor import Visitor

IDS = ("case_id", "handover_id", "review_id", "id")


def routes_of(app):
    return {
        f"{route.method} {route.resource.canonical}"
        for route in app.router.routes()
        if route.resource and route.method != "HEAD"
    }


def asked(route):
    """Return method and path of a route, with something in each of its places."""
    method, path = route.split()
    for name in IDS:
        path = path.replace(f"{{{name}}}", "00000000-0000-4000-8000-000000000000")
    act = "opinions" if "handovers" in path else "closures"
    path = path.replace("{act}", act).replace("{format}", "csv").replace("{version}", "1")
    return method, path.replace("{", "").replace("}", "")


def test_every_route_is_in_the_table_and_the_table_has_no_other(tmp_path):
    app = create_app(Settings(home=tmp_path, sample_register=True))

    assert routes_of(app) == set(POLICIES)


async def test_a_route_without_a_row_is_denied_to_everybody(tmp_path):
    app = create_app(Settings(home=tmp_path / "home", tick_seconds=3600))

    async def forgotten(_: web.Request) -> web.Response:
        return web.Response(text="what nobody thought of")

    app.router.add_get("/v1/forgotten", forgotten)
    async with serving(app) as url, visiting(url) as http:
        answer = await Visitor(http).get("/v1/forgotten")

    assert (answer.status, answer.problem) == (403, "not-allowed")
    assert b"thought" not in answer.content


@pytest.mark.asyncio(loop_scope="session")
async def test_nobody_without_a_session_gets_beyond_what_is_open(shared):
    for route, policy in POLICIES.items():
        if not isinstance(policy.who, Open) or policy.who is Open.SESSION:
            answer = await shared.anyone.call(*asked(route))
            assert (answer.status, answer.problem) == (401, "unauthenticated"), route


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("role", Role)
async def test_a_role_gets_nowhere_that_its_rows_do_not_name(shared, role):
    visitor = shared.session(role, authority=AUTHORITY, scopes=(READ, ACT, ADMIN, "export"))
    for route, policy in POLICIES.items():
        if not isinstance(policy.who, Open) and role not in policy.who:
            answer = await visitor.call(*asked(route))
            assert (answer.status, answer.problem) == (403, "not-allowed"), route


@pytest.mark.asyncio(loop_scope="session")
async def test_a_session_without_the_scope_of_a_route_is_refused_there(shared):
    for route, policy in POLICIES.items():
        if isinstance(policy.who, Open) or policy.scope is None:
            continue
        scopes = {READ, ACT, ADMIN, "export"} - {policy.scope}
        visitor = shared.session(min(policy.who), authority=AUTHORITY, scopes=tuple(scopes))
        answer = await visitor.call(*asked(route))
        assert (answer.status, answer.problem) == (403, "forbidden"), route


async def test_what_concerns_everybody_needs_more_than_to_act(tmp_path):
    async with running(tmp_path / "home") as service:
        operator = service.session("operator", scopes=(READ, ACT))
        body = {"reason": "mistaken", "session": "0" * 32}

        refused = await operator.post("/v1/revocations", body)
        allowed = await service.session("operator").post("/v1/revocations", body)

    assert (refused.status, refused.problem) == (403, "forbidden")
    assert allowed.status == 201
