"""Keys for departments' systems are issued, listed and revoked at the command line."""

import asyncio
from contextlib import closing
from datetime import UTC, datetime

from aiohttp import ClientSession

from ledger.actor import Role
from ledger.home import Home
from ledger.http import LEDGER
from ledger.staff_key_events import STAFF_KEYS, StaffKeyIssued
from ledger.staff_keys import StaffKeys, made_key
from server import create_app
from service.edge import Edge
from service.key_orders import KeyOrders, Order, place_order
from service.settings import Settings
from tests.commands import misused, printed, refused, told
from tests.ledger.fakes import Dice
from tests.ledger.keeping.homes import opening
from tests.service.running import serving

CLERK = ("--role", "clerk", "--authority", "gd.zhaoqing.market-regulation")


def test_a_key_is_issued_listed_and_revoked(town):
    key = printed(town, "staff-key", "issue", *CLERK, "--id", "queue-3").strip()
    [listed] = [each for each in told(town, "staff-key", "list") if each["holder"] == "queue-3"]
    id = listed["key"]

    printed(town, "staff-key", "revoke", id, "--reason", "superseded", "--id", "o-1")

    assert key.startswith(f"tongban_key_{id}_")
    assert key.rpartition("_")[2] not in printed(town, "staff-key", "list")
    assert "counted until" in printed(town, "staff-key", "list")
    assert "no key has this id" in refused(
        town, "staff-key", "revoke", "0" * 16, "--reason", "mistaken", "--id", "o-1"
    )


def test_a_key_gives_no_more_than_its_role_has(town):
    beyond = misused(town, "staff-key", "issue", *CLERK, "--scope", "admin", "--id", "1")

    assert "a clerk is not given the scope admin" in beyond
    assert "--authority" in misused(
        town, "staff-key", "issue", "--role", "reviewer", "--id", "1"
    )


async def test_a_key_is_issued_beside_a_running_service_and_counts_at_once(town):
    app = create_app(Settings(home=town), Edge())
    async with serving(app) as url, ClientSession(url) as http:
        said = await asyncio.to_thread(
            printed, town, "staff-key", "issue", *CLERK, "--id", "queue-3", "--by", "o-7"
        )
        bearer = {"Authorization": f"Bearer {said.strip()}"}
        async with http.get("/v1/cases", headers=bearer) as answer:
            status = answer.status
        [entry] = app[LEDGER].entries(STAFF_KEYS)

    assert status == 200
    assert isinstance(entry.event, StaffKeyIssued)
    assert (entry.event.holder, entry.actor.id) == ("queue-3", "o-7")
    assert entry.actor.role is Role.OPERATOR
    assert [*(town / "orders").iterdir()] == []


async def test_an_order_of_a_key_that_does_not_hold_is_told_and_taken_away(town, caplog):
    orders = town / "orders"
    orders.mkdir()
    (orders / "a.json").write_text("{")
    with closing(opening(Home(town, Dice()))) as ledger:
        KeyOrders(town, StaffKeys(ledger)).look()

    assert [*orders.iterdir()] == []
    assert "a key was ordered and not issued: DecodeError" in caplog.text


def ordered(town):
    """The id of a key that was ordered, and the file of the order."""
    _, issued = made_key(
        "queue-3",
        role=Role.CLERK,
        authority="gd.zhaoqing.market-regulation",
        scopes=(),
        expires_at=datetime(2100, 1, 1, tzinfo=UTC),
        random=Dice(),
    )
    return issued.key, place_order(town, Order(issued=issued, by="o-7"))


def test_an_order_waits_while_it_cannot_be_read(town):
    key, file = ordered(town)
    elsewhere = file.rename(town / "elsewhere")
    file.symlink_to(town / "not-yet")
    with closing(opening(Home(town, Dice()))) as ledger:
        orders = KeyOrders(town, StaffKeys(ledger))
        orders.look()
        waits = file.is_symlink()

        elsewhere.rename(town / "not-yet")
        orders.look()
        assert key in StaffKeys(ledger).all()
    assert waits
    assert not file.is_symlink()


def test_an_order_waits_while_nothing_can_be_recorded(town):
    ledger = opening(Home(town, Dice()))
    keys = StaffKeys(ledger)
    key, file = ordered(town)
    ledger.close()
    KeyOrders(town, keys).look()
    waits = file.exists()

    with closing(opening(Home(town, Dice()))) as opened:
        KeyOrders(town, StaffKeys(opened)).look()
        assert key in StaffKeys(opened).all()
    assert waits
    assert not file.exists()
