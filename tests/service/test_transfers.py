"""The register of transfers, over HTTP: what went where, for supervisors and persons."""

from uuid import UUID

import pytest

from ledger.errors import CaseChanged
from ledger.http import LEDGER, TRANSFERS
from tests.service.neighbours import ASKED, GX, STRANGER, guangdong, guangxi, partner
from tests.service.running import ITEM

IN_SESSION = pytest.mark.asyncio(loop_scope="session")
SENT = {
    "recipient": "CN-GX",
    "contract": "pan-prd-2026",
    "categories": ("name_zh", "document_number"),
    "purpose": ITEM,
    "basis": "PIPL art. 13(1)(3)",
}


def send(service, cause, **changes):
    return service.app[TRANSFERS].record(**(SENT | {"cause": cause} | changes))


async def test_a_transfer_is_listed_with_all_that_the_law_asks_for(service):
    position = send(service, "message-1", subject="subject:1")

    answer = await service.supervisor.get("/v1/transfers")

    [shown] = answer.body["transfers"]
    assert shown == {
        "position": position,
        "subject": "subject:1",
        "recipient": "CN-GX",
        "contract": "pan-prd-2026",
        "categories": ["document_number", "name_zh"],
        "purpose": ITEM,
        "basis": "PIPL art. 13(1)(3)",
        "cause": "message-1",
        "sent_at": "2026-02-10T02:00:00.000000Z",
    }
    assert answer.body["next"] is None


async def test_one_cause_is_sent_to_one_region_once(service):
    send(service, "message-1")
    send(service, "message-1", recipient="CN-HN")

    with pytest.raises(CaseChanged):
        send(service, "message-1")


async def test_the_register_is_narrowed_and_paged(service):
    for number in range(5):
        send(service, f"message-{number}", recipient=("CN-GX", "CN-HN")[number % 2])

    first = await service.supervisor.get("/v1/transfers?recipient=CN-GX&limit=2")
    second = await service.supervisor.get(
        f"/v1/transfers?recipient=CN-GX&limit=2&after={first.body['next']}"
    )

    causes = [row["cause"] for page in (first, second) for row in page.body["transfers"]]
    assert causes == ["message-0", "message-2", "message-4"]
    assert second.body["next"] is None


async def test_a_person_sees_what_was_asked_about_them_before_their_pseudonym_was_known(
    service,
):
    someone, another = await service.applicant(), await service.applicant()
    begun = await service.begin()
    send(service, begun["id"])
    await service.back(begun, code="account-asked-about")
    await service.profiled(begun)
    asked_about = await service.applicant("account-asked-about")

    own = await asked_about.get("/v1/me/transfers")

    assert [row["cause"] for row in own.body["transfers"]] == [begun["id"]]
    for other in (someone, another):
        assert (await other.get("/v1/me/transfers")).body["transfers"] == []


async def test_a_question_about_nobody_we_know_names_the_verification_it_was_asked_in(tmp_path):
    async with (
        guangxi(tmp_path) as (gx, _),
        guangdong(tmp_path, gx.url, partner(GX, gx.home)) as gd,
    ):
        clerk = gd.official("clerk", "clerk-7")
        asked = ASKED | {"identifiers": STRANGER}
        begun = (await clerk.post("/v1/verifications/regions", asked)).body
        told = (await gd.result(begun)).body

        [row] = (await gd.supervisor.get("/v1/transfers")).body["transfers"]

        entries = gd.ledger.entries(UUID(row["cause"]), opened=False)
        assert told == {"status": "failed", "reason": "no_match"}
        assert (row["subject"], row["cause"]) == (None, begun["id"])
        assert entries[0].actor.id == "clerk-7"
        assert entries[-1].event.reason == "no_match"


async def test_nothing_personal_is_in_the_register(service):
    send(service, "message-1", subject="subject:1")

    [entry] = [e for e in service.app[LEDGER].read(0) if e.name == "transfer.recorded.v1"]
    assert entry.legal_basis == SENT["basis"]
    assert isinstance(entry.stream, UUID)
    assert not any("H1" in str(value) for value in SENT.values())


@IN_SESSION
@pytest.mark.parametrize("role", ["clerk", "reviewer", "approver", "operator", "applicant"])
async def test_only_supervisors_read_all_of_it(shared, role):
    visitor = await shared.applicant() if role == "applicant" else shared.official(role)

    assert (await visitor.get("/v1/transfers")).problem == "not-allowed"


@IN_SESSION
@pytest.mark.parametrize("role", ["clerk", "supervisor", "agent"])
async def test_only_persons_have_transfers_of_their_own(shared, role):
    visitor = shared.session(role, principal="subject:1" if role == "agent" else None)

    assert (await visitor.get("/v1/me/transfers")).problem == "not-allowed"


@IN_SESSION
async def test_a_stranger_is_asked_who_they_are(shared):
    assert (await shared.anyone.get("/v1/transfers")).status == 401
    assert (await shared.anyone.get("/v1/me/transfers")).status == 401
