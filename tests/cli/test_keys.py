"""`tongban keys` and `tongban partner`, beside a running service and without one."""

import asyncio
import json
import time
from contextlib import asynccontextmanager

import pytest

from server import create_app
from service.edge import Edge
from service.key_watch import KEY_WATCH
from service.partner_keys import PARTNER_KEYS
from service.settings import Settings
from tests.commands import misused, printed, refused, told, tongban
from tests.service.running import serving

GD, GX = "CN-GD", "CN-GX"


@asynccontextmanager
async def served(home, region=GD):
    """Serve a home at the present time, as `tongban serve` does; yields app and address."""
    app = create_app(Settings(home=home, region=region), Edge())
    async with serving(app) as url:
        yield app, url


async def run(command, *arguments):
    """Run a command while the service goes on."""
    return await asyncio.to_thread(command, *arguments)


async def seen(holds):
    """Wait until the service has noticed; it looks every second."""

    def wait():
        give_up = time.monotonic() + 15
        while not holds():
            assert time.monotonic() < give_up
            time.sleep(0.05)

    await asyncio.to_thread(wait)


def rows(home, use):
    return [row for row in told(home, "keys") if row["use"] == use]


@pytest.fixture
async def begun(home):
    async with served(home):
        pass
    return home


async def root_of(home):
    return (await run(printed, home, "keys", "fingerprint")).partition(" ")[2].strip()


async def test_our_keys_are_listed_with_how_they_stand(begun):
    listed = await run(told, begun, "keys")

    assert {row["use"] for row in listed} == {
        "box",
        "log",
        "paper",
        "region",
        "sessions",
        "witness",
    }
    assert {row["state"] for row in listed} == {"current"}
    assert "current" in await run(printed, begun, "keys")


async def test_a_running_service_goes_over_to_what_a_command_did(home):
    async with served(home) as (app, _):
        watch = app[KEY_WATCH]
        await run(printed, home, "keys", "rotate", "region")
        await seen(lambda: watch.keys.serial == 2)
        states = [row["state"] for row in await run(rows, home, "region")]
        kid = (await run(rows, home, "region"))[0]["kid"]
        await run(printed, home, "keys", "revoke", kid, "--yes")
        await seen(lambda: watch.keys.serial == 3)

        assert states == ["current", "next"]
        assert [row["state"] for row in await run(rows, home, "region")] == [
            "revoked",
            "current",
        ]
        assert watch.trouble is None


async def test_a_key_is_not_revoked_without_being_asked_about(begun):
    kid = (await run(rows, begun, "paper"))[0]["kid"]

    asked = await run(tongban, begun, "keys", "revoke", kid)

    assert asked.exit_code == 1
    assert (await run(rows, begun, "paper"))[0]["state"] == "current"
    assert "hexadecimal" in await run(misused, begun, "keys", "revoke", "no kid", "--yes")
    assert "no key" in await run(refused, begun, "keys", "revoke", "00" * 8, "--yes")
    assert "sessions" in await run(misused, begun, "keys", "rotate", "master")


async def test_why_a_listed_key_is_not_revoked_is_said(begun):
    log = (await run(rows, begun, "log"))[0]["kid"]
    paper = (await run(rows, begun, "paper"))[0]["kid"]
    await run(printed, begun, "keys", "revoke", paper, "--yes")

    assert "rotate-log-key" in await run(refused, begun, "keys", "revoke", log, "--yes")
    assert "revoked already" in await run(refused, begun, "keys", "revoke", paper, "--yes")


async def test_with_the_root_offline_sets_are_signed_by_its_file(begun, tmp_path):
    before, file = await root_of(begun), tmp_path / "stick"

    await run(printed, begun, "keys", "root", "--move-to", file)

    assert not (begun / "keys" / "root").exists()
    assert file.stat().st_mode & 0o077 == 0
    assert await root_of(begun) == before
    for command in (["publish"], ["rotate", "box"]):
        assert "--root" in await run(refused, begun, "keys", *command)
    assert "key set 2" in await run(printed, begun, "keys", "publish", "--root", file)
    async with served(begun) as (app, _):
        assert app[KEY_WATCH].keys.serial == 2


async def test_a_root_announces_the_next_and_is_gone(begun, tmp_path):
    old, file = await root_of(begun), tmp_path / "next"

    said = await run(printed, begun, "keys", "root", "--announce", file)

    new = said.partition("root ")[2].partition(":")[0]
    assert "key set 2" in said
    assert file.stat().st_mode & 0o077 == 0
    assert not (begun / "keys" / "root").exists()
    shown = await run(printed, begun, "keys", "fingerprint")
    assert shown.splitlines() == [f"{GD} {old}", f"{GD} {new} signs the next set"]
    assert "--root" in await run(refused, begun, "keys", "publish")
    assert "key set 3" in await run(printed, begun, "keys", "publish", "--root", file)
    assert await root_of(begun) == new
    async with served(begun) as (app, _):
        assert app[KEY_WATCH].keys.serial == 3
    either = await run(misused, begun, "keys", "root")
    assert "--move-to or --announce" in either


async def test_a_root_that_is_offline_announces_the_next_and_signs_no_more(begun, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    await run(printed, begun, "keys", "root", "--move-to", first)
    assert "--root" in await run(refused, begun, "keys", "root", "--announce", second)
    assert not second.exists()

    await run(printed, begun, "keys", "root", "--announce", second, "--root", first)

    said = await run(refused, begun, "keys", "publish", "--root", first)
    assert "not the root of this home, or is not any more" in said
    assert "key set 3" in await run(printed, begun, "keys", "publish", "--root", second)


async def test_a_partner_follows_an_announced_root_and_says_it_is_well(begun, tmp_path):
    there, file = tmp_path / "gx", tmp_path / "next"
    async with served(begun) as (app, _), served(there, GX) as (gx, url):
        root = await root_of(there)
        await run(printed, begun, "partner", "add", GX, "--url", url, "--root", root, "--yes")
        known = app[PARTNER_KEYS].known
        await seen(lambda: GX in known and known[GX].serial == 1)
        await run(printed, there, "keys", "root", "--announce", file)
        await seen(lambda: gx[KEY_WATCH].keys.serial == 2)
        assert await app[PARTNER_KEYS].refresh(GX)
        await run(printed, there, "keys", "publish", "--root", file)
        await seen(lambda: gx[KEY_WATCH].keys.serial == 3)

        assert await app[PARTNER_KEYS].refresh(GX)

        assert known[GX].serial == 3
        [checked] = await run(told, begun, "partner", "check")
        assert (checked["serial"], checked["trouble"]) == (3, None)


async def test_a_home_stays_of_its_region_in_a_shell_that_names_none(tmp_path):
    home = tmp_path / "gx"
    async with served(home, GX):
        pass

    assert (await run(printed, home, "keys", "fingerprint")).startswith(f"{GX} ")
    assert {row["region"] for row in await run(told, home, "keys")} == {GX}
    assert "key set 2" in await run(printed, home, "keys", "publish")
    assert "there are no partners" in await run(printed, home, "agree")
    async with served(home, None) as (app, _):
        assert app[KEY_WATCH].keys.issuer == GX


@pytest.mark.parametrize("command", [["keys"], ["keys", "publish"], ["agree"], ["partner"]])
async def test_a_home_is_not_taken_for_another_regions(begun, monkeypatch, command):
    monkeypatch.setenv("TONGBAN_REGION", GX)

    said = await run(refused, begun, *command)

    assert f"this home is {GD}'s, and TONGBAN_REGION says {GX}: leave it unset" in said


def test_a_home_is_not_served_as_another_region(home, monkeypatch):
    async def begin():
        async with served(home):
            pass

    asyncio.run(begin())
    monkeypatch.setenv("TONGBAN_REGION", GX)

    assert f"this home is {GD}'s" in refused(home, "serve", "--port", "0")


async def test_a_region_is_no_partner_of_its_own(begun):
    root = await root_of(begun)
    said = ["partner", "add", GD, "--url", "http://127.0.0.1:9", "--root", root]

    assert "this home's own region" in await run(refused, begun, *said)


async def test_what_is_no_region_is_refused_before_anything_is_made(home, monkeypatch):
    monkeypatch.setenv("TONGBAN_REGION", "guangxi")

    assert "a region is like CN-GX" in await run(refused, home, "serve", "--port", "0")
    assert not home.exists()


async def test_a_home_without_a_ledger_has_no_keys(home):
    assert "no ledger" in await run(refused, home, "keys")
    assert "no ledger" in await run(refused, home, "partner")


def test_a_partner_s_file_that_does_not_hold_stops_no_command_and_can_be_removed(town):
    (town / "partners").mkdir()
    broken = town / "partners" / f"{GX}.json"
    broken.write_text('{"url": 5}')

    assert "town/A" in printed(town, "cases")
    assert told(town, "session", "--role", "operator", "--id", "1")["token"]
    for command in ("keys", "agree", "partner"):
        result = tongban(town, command)
        assert result.exit_code == 0
        assert f"left out: partners/{GX}.json: Expected `str`, got `int`" in result.stderr
    assert tongban(town, "partner", "check").exit_code == 1
    assert f"`tongban partner remove {GX}`" in refused(town, "config", "check")
    printed(town, "partner", "remove", GX)
    assert not broken.exists()


async def test_a_partner_is_enrolled_by_its_root_and_noticed(home, tmp_path):
    async with (
        served(home) as (app, _),
        served(tmp_path / "gx", GX) as (_, url),
    ):
        root = await root_of(tmp_path / "gx")
        shown = await run(
            printed, home, "partner", "add", GX, "--url", url, "--root", root,
            "--mode", "collect", "--item", "gd.zhaoqing.*", "--basis", "PIPL 13*",
            "--ask", "name_zh", "--yes",
        )  # fmt: skip
        await seen(lambda: GX in app[PARTNER_KEYS].known)

        file = json.loads((home / "partners" / f"{GX}.json").read_bytes())
        assert root in shown
        assert (file["modes"], file["items"]) == (["collect"], ["gd.zhaoqing.*"])
        basis = {"ask": ["name_zh"], "answer": [], "hong_kong": False}
        assert file["bases"] == {"PIPL 13*": basis}
        assert "on PIPL 13*: we may ask name_zh, we answer nothing\n" in shown
        assert GX in await run(printed, home, "partner")
        [listed] = (await run(told, home, "partner", "list")).values()
        assert listed["url"] == url
        [checked] = await run(told, home, "partner", "check")
        assert (checked["serial"], checked["trouble"]) == (1, None)
        await seen(lambda: app[PARTNER_KEYS].known[GX].keys is not None)
        assert {r["region"] for r in await run(told, home, "keys")} == {GD, GX}

        await run(printed, home, "partner", "remove", GX)
        await seen(lambda: not app[PARTNER_KEYS].known)


async def test_a_root_is_taken_as_the_whole_line_that_shows_it(begun, tmp_path):
    there = tmp_path / "gx"
    async with served(there, GX) as (_, url):
        line = (await run(printed, there, "keys", "fingerprint")).strip()
        added = ["partner", "add", GX, "--url", url, "--yes", "--root"]

        other = await run(misused, begun, *added, line.replace(GX, "CN-HN"))
        letters = await run(misused, begun, *added, "not a root")
        shown = await run(printed, begun, *added, line)

        assert line.startswith(GX)
        assert "that is the root of CN-HN" in other
        assert "hexadecimal, please" in letters
        assert "enrolled" in shown


async def test_who_agrees_to_nothing_has_agreed_to_nothing(begun, tmp_path):
    async with served(tmp_path / "gx", GX) as (_, url):
        added = ["partner", "add", GX, "--url", url, "--root", await root_of(tmp_path / "gx")]

        shown = await run(printed, begun, *added, "--yes")
        nothing = json.loads((begun / "partners" / f"{GX}.json").read_bytes())
        await run(printed, begun, *added, "--mode", "joint", "--item", "gd.*", "--yes")
        again = await run(printed, begun, *added, "--yes")

        assert (nothing["modes"], nothing["items"], nothing["bases"]) == ([], [], {})
        assert "hand-overs nothing" in shown
        assert "on no basis" in shown
        assert "hand-overs joint\n  items gd.*\n" in again
        assert "--basis" in await run(misused, begun, *added, "--ask", "*")


async def test_nobody_is_enrolled_by_a_wrong_root_or_under_another_name(begun, tmp_path):
    async with served(tmp_path / "gx", GX) as (_, url):
        root = await root_of(tmp_path / "gx")

        def adding(region, url, root):
            return refused(
                begun, "partner", "add", region, "--url", url, "--root", root, "--yes"
            )

        assert "not signed by a root" in await run(adding, GX, url, await root_of(begun))
        assert "another region" in await run(adding, "CN-HN", url, root)
        assert "is no key" in await run(adding, GX, url, "00" * 32)
        assert "is no key" in await run(adding, GX, url, "11" * 31)
        assert "could not be reached" in await run(adding, GX, "http://127.0.0.1:9", root)
        bad = ["partner", "add", "../CN-GX", "--url", url, "--root", root]
        assert "REGION" in await run(misused, begun, *bad)
        bad = ["partner", "add", GX, "--url", "file:///etc", "--root", root]
        assert "--url" in await run(misused, begun, *bad)
    assert not (begun / "partners").exists()


async def test_a_partner_that_is_away_is_told_with_exit_1(begun, tmp_path):
    async with served(tmp_path / "gx", GX) as (_, url):
        root = await root_of(tmp_path / "gx")
        await run(printed, begun, "partner", "add", GX, "--url", url, "--root", root, "--yes")

    checked = await run(tongban, begun, "partner", "check", GX)

    assert checked.exit_code == 1
    assert "could not be reached" in checked.stdout
    assert "not a partner" in await run(refused, begun, "partner", "check", "CN-HN")
    assert "not a partner" in await run(refused, begun, "partner", "remove", "CN-HN")
