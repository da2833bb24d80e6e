"""What a provider sends back: each state and profile once, about what we began."""

import asyncio
from base64 import urlsafe_b64encode
from dataclasses import replace
from uuid import UUID

import pytest

from identity.errors import CallbackRefused
from identity.http import DESK
from tests.service.outcomes import CALLBACK, NOBODY, refused, told
from tests.service.provider import NAME, SIGNED, FakeProvider, profile
from tests.service.visitor import told as said

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def service(shared):
    return shared


async def test_states_that_are_not_ours_are_all_refused_alike(service):
    begun = await service.begin()
    secret = bytes(32)
    ours = urlsafe_b64encode(UUID(begun["id"]).bytes + secret).rstrip(b"=").decode()
    nowhere = urlsafe_b64encode(bytes(48)).rstrip(b"=").decode()
    states = ["", "x", "é", "\0", "%", begun["state"][:-1], ours, nowhere, "A" * 4000]

    answers = [
        await refused(service.back({"state": state}, code="x"), 400, "callback-refused")
        for state in states
    ]
    stateless = await service.anyone.get(CALLBACK, params={"code": "x"})

    assert all(said(answer) == said(stateless) for answer in answers)
    assert told(service, begun) == ["begun"]


async def test_a_state_is_good_for_one_return(service):
    begun = await service.begin()
    await service.back(begun, code="somebody")

    await refused(service.back(begun, code="another"), 409, "used-before")
    await refused(service.back(begun), 409, "used-before")

    assert told(service, begun) == ["begun", "authenticated"]


async def test_of_many_returns_at_once_one_counts(service):
    begun = await service.begin()

    answers = await asyncio.gather(
        *(service.back(begun, code=f"somebody-{n}") for n in range(8))
    )

    assert sorted(answer.status for answer in answers) == [200] + [409] * 7
    assert told(service, begun) == ["begun", "authenticated"]


async def test_a_profile_counts_after_its_account_and_once(service):
    begun = await service.begin()

    await refused(service.profiled(begun), 400, "callback-refused")
    await service.back(begun, code="somebody")
    answers = await asyncio.gather(*(service.profiled(begun) for _ in range(4)))
    await refused(service.profiled(begun), 422, "command-rejected")

    assert [answer.status for answer in answers].count(200) == 1
    assert {answer.status for answer in answers} <= {200, 409, 422}
    assert told(service, begun) == ["begun", "authenticated", "succeeded"]


@pytest.mark.parametrize("transaction", [NOBODY, "x", "", "0" * 31])
@pytest.mark.parametrize("declined", [False, True])
async def test_a_callback_about_nothing_of_ours_is_refused(service, transaction, declined):
    head = service.ledger.head
    body = profile(transaction, declined=declined)

    answer = service.anyone.call("POST", CALLBACK, data=body, headers=SIGNED)

    await refused(answer, 400, "callback-refused")
    assert service.ledger.head == head


async def test_what_one_provider_says_of_anothers_verification_is_refused(service):
    other = FakeProvider(service.clock.now)
    other.method = "other"
    desk = replace(service.app[DESK], providers={"iamsmart": service.provider, "other": other})
    begun = await service.begin()
    transaction = begun["id"].replace("-", "")
    no, yes = profile(transaction, declined=True), profile(transaction)

    for code in ("somebody", None):
        with pytest.raises(CallbackRefused):
            await desk.returned("other", state=begun["state"], code=code, browsers={})
    with pytest.raises(CallbackRefused):
        await desk.called_back("other", SIGNED, no)
    await service.back(begun, code="somebody")
    for body in (no, yes):
        with pytest.raises(CallbackRefused):
            await desk.called_back("other", SIGNED, body)

    assert other.redeemed == []
    assert told(service, begun) == ["begun", "authenticated"]


async def test_a_callback_nobody_signed_is_refused(service):
    begun = await service.begin()
    await service.back(begun, code="somebody")
    body = profile(begun["id"].replace("-", ""))

    await refused(service.anyone.call("POST", CALLBACK, data=body), 400, "callback-refused")

    assert told(service, begun) == ["begun", "authenticated"]


async def test_a_callback_that_is_refused_leaves_a_line_and_is_counted(service, caplog):
    begun = await service.begin()
    await service.back(begun, code="somebody")
    before = (await service.anyone.get("/health")).body["callbacks_refused"]
    body = profile(begun["id"].replace("-", ""))

    await refused(service.anyone.call("POST", CALLBACK, data=body), 400, "callback-refused")

    after = (await service.anyone.get("/health")).body["callbacks_refused"]
    assert after == before + 1
    assert "a callback of iamsmart was refused: the signature is not good" in caplog.text
    assert NAME not in caplog.text


async def test_a_callback_that_comes_in_pieces_is_one(service):
    begun = await service.begin()
    await service.back(begun, code="somebody")
    body = profile(begun["id"].replace("-", ""))

    async def slowly():
        for start in range(0, len(body), 40):
            yield body[start : start + 40]
            await asyncio.sleep(0.005)

    answer = await service.anyone.call("POST", CALLBACK, data=slowly(), headers=SIGNED)

    assert answer.status == 200
    assert told(service, begun)[-1] == "succeeded"


async def test_a_callback_that_is_too_large_is_refused(service):
    answer = service.anyone.call("POST", CALLBACK, data=bytes(65_537), headers=SIGNED)

    await refused(answer, 413, "about:blank")
