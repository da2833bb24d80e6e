"""A verification belongs to the browser that began it, or to who is told the code by hand."""

import asyncio
import re
from html import unescape

import pytest

from tests.service.outcomes import CALLBACK, refused, told
from tests.service.pairs import two_servers
from tests.service.running import ITEM, running

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def service(shared):
    return shared


def code_in(back):
    found = re.search(rb"<strong>([0-9]{6})</strong>", back.content)
    return None if found is None else found[1].decode()


def elsewhere(begun):
    """The same verification, coming back in a browser that knows nothing of it."""
    return {name: value for name, value in begun.items() if name != "browser"}


async def test_a_page_that_was_sent_to_a_victim_gives_its_sender_nothing(service):
    sent = await service.begin()
    back = await service.back(elsewhere(sent), code="victim")
    await service.profiled(sent)

    bare = await refused(service.result(sent), 403, "code-needed")
    tries = [await service.result(sent, code=wrong) for wrong in ("000000x", "", "1")]
    late = await service.result(sent, code=code_in(back))

    assert b"session" not in bare.content
    assert [each.status for each in tries] == [403, 403, 200]
    assert tries[-1].body == late.body == {"status": "failed", "reason": "wrong_code"}
    assert told(service, sent)[-4:] == ["succeeded"] + ["code_mistaken"] * 3


async def test_codes_that_are_tried_at_once_are_no_more_tries_than_one_after_the_other(service):
    sent = await service.begin()
    back = await service.back(elsewhere(sent), code="victim-of-many")
    await service.profiled(sent)

    wrong = (service.result(sent, code=f"wrong {n}") for n in range(30))
    tries = await asyncio.gather(*wrong)
    late = await service.result(sent, code=code_in(back))

    ended = {"status": "failed", "reason": "wrong_code"}
    assert [each.status for each in tries].count(403) == 2
    assert all(each.body == ended for each in (*tries, late) if each.status != 403)
    assert told(service, sent)[-4:] == ["succeeded"] + ["code_mistaken"] * 3


async def test_codes_that_are_tried_at_two_servers_at_once_all_count(
    tmp_path, postgres_database, postgres_server
):
    async with two_servers(tmp_path, postgres_database, postgres_server) as servers:
        one, two = servers
        sent = await one.begin()
        back = await one.back(elsewhere(sent), code="victim-of-two-servers")
        await one.profiled(sent)

        wrong = (each.result(sent, code=f"wrong {n}") for n in range(10) for each in servers)
        tries = await asyncio.gather(*wrong)
        late = await two.result(sent, code=code_in(back))

        ended = {"status": "failed", "reason": "wrong_code"}
        assert [each.status for each in tries].count(403) == 2
        assert all(each.body == ended for each in (*tries, late) if each.status != 403)
        assert told(one, sent)[-4:] == ["succeeded"] + ["code_mistaken"] * 3


async def test_whoever_changes_the_device_tells_the_code_and_goes_on(service):
    begun = await service.begin()
    back = await service.back(elsewhere(begun), code="on-my-phone")
    await service.profiled(begun)

    await refused(service.result(begun, code="x"), 403, "code-needed")
    result = await service.result(begun, code=code_in(back))

    assert result.body["status"] == "succeeded"


async def test_in_the_browser_that_began_no_code_is_shown_or_needed(service):
    begun = await service.begin()
    back = await service.back(begun, code="same-browser")
    await service.profiled(begun)

    assert code_in(back) is None
    assert (await service.result(begun)).body["status"] == "succeeded"


async def test_another_verifications_cookie_is_none(service):
    begun, other = await service.begin(), await service.begin()
    name, _, _ = begun["browser"].partition("=")
    _, _, value = other["browser"].partition("=")

    back = await service.back(begun | {"browser": f"{name}={value}"}, code="cookie-monster")

    assert code_in(back) is not None


async def test_a_second_page_is_reached_by_way_of_the_code(service):
    begun = await service.begin()

    back = await service.back(elsewhere(begun), code="second-page")

    assert back.status == 200
    assert code_in(back) is not None
    assert b'href="https://provider.example/page/consent/' in back.content


async def test_the_cookie_goes_to_the_callbacks_and_to_no_script(service):
    answer = await service.anyone.post(
        "/v1/verifications", {"method": "iamsmart", "purpose": ITEM}
    )

    _, *attributes = answer.headers["Set-Cookie"].split("; ")
    path = CALLBACK.rpartition("/")[0]
    assert {"HttpOnly", "SameSite=Lax", f"Path={path}", "Max-Age=900"} <= set(attributes)
    assert "Secure" not in attributes


async def test_on_https_the_cookie_goes_by_nothing_else(tmp_path):
    async with running(tmp_path / "home", public_url="https://tongban.example") as service:
        answer = await service.anyone.post(
            "/v1/verifications", {"method": "iamsmart", "purpose": ITEM}
        )

        assert "Secure" in answer.headers["Set-Cookie"].split("; ")


async def test_neither_code_nor_browser_is_in_the_log(service):
    begun = await service.begin()
    back = await service.back(elsewhere(begun), code="nobody-in-the-log")
    _, _, value = begun["browser"].partition("=")

    states = [stored.state for stored in _stored(service)]

    assert not [s for s in states if value.encode() in s or code_in(back).encode() in s]


def _stored(service):
    ledger = service.ledger
    return [ledger.codec.store(entry) for entry in ledger.read(max(0, ledger.head - 3))]


IN_A_BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def returned(service, state, **query):
    params = {"state": state, **query}
    return await service.anyone.get(CALLBACK, params=params, headers=IN_A_BROWSER)


@pytest.mark.parametrize("state", ["", "x", '"><script>'])
async def test_who_comes_back_with_an_unknown_page_reads_what_to_do(service, state):
    back = await returned(service, state, code="x")

    assert (back.status, back.headers["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert "重新開始" in back.content.decode()
    assert "重新开始" in back.content.decode()
    assert b"try again" in back.content
    assert b"<script>" not in back.content
    assert back.headers["Content-Security-Policy"] == "default-src 'none'"


async def test_who_comes_back_while_the_provider_is_down_may_try_again(service):
    begun = await service.begin()

    back = await returned(service, begun["state"], code="down")
    [link] = re.findall(r'href="([^"]+)"', back.content.decode())
    again = await service.anyone.get(unescape(link), headers=IN_A_BROWSER)

    assert (back.status, back.headers["Retry-After"]) == (503, "30")
    assert unescape(link).startswith(f"{CALLBACK}?")
    assert again.status == 503
    assert service.provider.redeemed[-2:] == ["down", "down"]


async def test_who_loads_the_page_again_is_told_that_it_counts_once(service):
    begun = await service.begin()
    await returned(service, begun["state"], code="reloads")
    used = await returned(service, begun["state"], code="reloads")
    await service.profiled(begun)
    over = await returned(service, begun["state"], code="reloads")

    assert used.status == 409
    assert over.status in (409, 422)
    for each in (used, over):
        assert b"This page counts once" in each.content


async def test_a_program_that_comes_back_is_told_as_programs_are(service):
    await refused(service.back({"state": "x"}, code="x"), 400, "callback-refused")
