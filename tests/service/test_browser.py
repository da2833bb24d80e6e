"""A verification belongs to the browser that began it, or to who is told the code by hand."""

import re

import pytest

from tests.service.outcomes import CALLBACK, refused, told
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
