"""Each switch of the simulator, turned by hand, by script and by option, and what it does."""

import asyncio

import pytest
from click.testing import CliRunner

from adapters.hk.simulator.__main__ import main
from adapters.hk.simulator.switches import SAYS, UNTIL_OFF, Switch, Switches, read_switch
from identity.errors import CallbackRefused, ProviderUnavailable, VerificationDeclined


def control(world, path="/simulator/switches"):
    return f"{world.settings.base_url}{path}"


async def turned(world):
    async with world.session.get(control(world)) as response:
        return await response.json()


async def test_nothing_goes_wrong_unless_somebody_turned_it_on(world):
    assert await turned(world) == {}


async def test_a_script_turns_switches_and_is_told_what_is_left(world):
    on = {"down": 1, "callback-twice": -1}
    async with world.session.put(control(world), json=on) as response:
        assert (response.status, await response.json()) == (200, on)

    with pytest.raises(AssertionError, match="simulated as down"):
        await world.code()

    assert await turned(world) == {"callback-twice": -1}


async def test_a_person_turns_switches_on_their_page(world):
    form = {"slow": "-1", "stale-key": "1", "down": "0"}

    async with world.session.post(control(world, "/simulator"), data=form) as response:
        text = await response.text()

    assert await turned(world) == {"slow": -1, "stale-key": 1}
    assert text.count(" selected>") == len(Switch)
    assert '<option value="-1" selected>開 until off</option>' in text


async def test_the_page_names_every_switch_in_both_languages(world):
    async with world.session.get(control(world, "/simulator")) as response:
        text = await response.text()

    assert "SIMULATOR 模擬器" in text
    assert all(word in text for both in SAYS.values() for word in both)
    assert all(f'name="{switch}"' in text for switch in Switch)


@pytest.mark.parametrize(
    "body", ["", "[]", '{"down": true}', '{"unheard-of": 1}', '{"down": 0}', '{"down": -2}']
)
async def test_what_turns_no_switch_is_refused_and_changes_nothing(world, body):
    world.turn_on(Switch.SLOW)

    async with world.session.put(control(world), data=body) as response:
        assert response.status == 400

    assert await turned(world) == {"slow": 1}


@pytest.mark.parametrize("times", ["often", "-2"])
async def test_a_page_that_turns_no_switch_is_refused(world, times):
    async with world.session.post(control(world, "/simulator"), data={"slow": times}) as r:
        assert r.status == 400


@pytest.mark.parametrize("text", ["unheard-of", "slow=often", "slow=0", "slow=-2", ""])
def test_an_option_that_turns_no_switch_stops_the_start(tmp_path, text):
    key = ["--client-key", str(tmp_path / "key.pem")]

    done = CliRunner().invoke(main, ["--port", "0", *key, "--switch", text])

    assert done.exit_code == 1
    assert "--switch is one of cancelled, rejected" in done.output


def test_an_option_names_a_switch_and_how_often():
    assert read_switch("slow") == (Switch.SLOW, UNTIL_OFF)
    assert read_switch("stale-key=2") == (Switch.STALE_KEY, 2)


def test_a_switch_is_off_after_as_many_times_as_it_was_on_for():
    switches = Switches({Switch.DOWN: 2, Switch.SLOW: UNTIL_OFF})

    assert [switches.takes(Switch.DOWN) for _ in range(3)] == [True, True, False]
    assert all(switches.takes(Switch.SLOW) for _ in range(3))
    assert not switches.takes(Switch.GARBAGE)


@pytest.mark.parametrize(
    ("switch", "reason"),
    [
        (Switch.CANCELLED, "cancelled"),
        (Switch.REJECTED, "declined"),
        (Switch.TIMED_OUT, "timed_out"),
    ],
)
async def test_what_is_asked_comes_back_declined(world, switch, reason):
    world.turn_on(switch)

    with pytest.raises(VerificationDeclined) as said:
        world.provider.read_callback(*await world.callback("case-1"))

    assert said.value.reason == reason


@pytest.mark.parametrize(
    ("decision", "code", "reason"),
    [
        ("cancel", "D40000", "cancelled"),
        ("reject", "D40001", "declined"),
        ("time-out", "D40003", "timed_out"),
    ],
)
async def test_one_who_does_not_sign_in_comes_back_with_the_reason(
    world, decision, code, reason
):
    page = world.provider.page(state="state-of-ours", language="en")

    back = await world.visit(page, decision=decision)

    assert dict(back.query) == {"error_code": code, "state": "state-of-ours"}
    assert world.provider.declined(back.query["error_code"]).reason == reason


async def test_a_stale_key_is_renewed(world):
    await world.provider.redeem(await world.code())
    world.turn_on(Switch.STALE_KEY)

    assert await world.provider.redeem(await world.code())
    assert await turned(world) == {}


async def test_a_callback_with_a_wrong_signature_is_refused(world):
    world.turn_on(Switch.WRONG_SIGNATURE)

    with pytest.raises(CallbackRefused, match="signature"):
        world.provider.read_callback(*await world.callback("case-1"))


async def test_a_slow_call_is_given_up(world):
    world.provider = world.provider_with(connect_seconds=0.2, total_seconds=0.2)
    code = await world.code()
    world.turn_on(Switch.SLOW, times=UNTIL_OFF)
    world.simulated.sleep = asyncio.sleep

    with pytest.raises(ProviderUnavailable, match="TimeoutError"):
        await world.provider.redeem(code)


async def test_a_service_that_is_down_shows_no_page_either(world):
    world.turn_on(Switch.DOWN)

    async with world.session.get(world.provider.page(state="s", language="en")) as response:
        assert response.status == 503


async def test_garbage_is_an_unavailable_provider(world):
    code = await world.code()
    world.turn_on(Switch.GARBAGE, times=3)

    with pytest.raises(ProviderUnavailable, match="nonsense"):
        await world.provider.redeem(code)


async def test_a_callback_comes_twice_and_is_the_same(world):
    world.turn_on(Switch.CALLBACK_TWICE)

    first = await world.callback("case-1")
    second = await world.next_callback()

    # That it counts once is for whoever keeps what was answered.
    assert world.provider.read_callback(*first) == world.provider.read_callback(*second)


async def test_a_callback_comes_late_and_is_still_signed_just_now(world):
    world.turn_on(Switch.CALLBACK_LATE)
    before = world.clock.now

    late = await world.callback("case-1")

    assert (world.clock.now - before).total_seconds() == 90
    assert world.provider.read_callback(*late).transaction == "case-1"


async def test_the_authority_is_given_to_whoever_would_trust_no_other(world):
    async with world.session.get(control(world, "/simulator/authority.pem")) as response:
        given = await response.read()

    assert given == world.settings.signature_issuers
