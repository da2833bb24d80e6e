"""Whatever is recorded with a purpose names one that anyone can look up."""

from tests.service.persons import closed_case
from tests.service.residents import came
from tests.service.test_bindings import bind


async def test_every_purpose_in_the_log_is_of_the_register(service):
    shown = (await service.anyone.get("/v1/purposes")).body["purposes"]
    register = {each["id"]: each for each in shown}
    person = await came(service)
    await bind(service, person)
    await closed_case(service)

    recorded = {getattr(entry.event, "purpose", None) for entry in service.ledger.read(0)}
    items = {entry.item for entry in service.ledger.read(0)}

    assert (recorded | items) - {None} <= set(register)
    assert "permit-binding" in recorded
    assert all(register[item]["carried_by"] == "duty" for item in items - {None})


async def test_what_can_be_agreed_to_shows_its_words_and_their_digest(service):
    shown = (await service.anyone.get("/v1/purposes")).body["purposes"]
    worded = {each["id"]: each["wording"] for each in shown if each["wording"]}

    assert set(worded) == {"partner-hand-over", "evidence-reuse"}
    for wording in worded.values():
        assert set(wording["texts"]) == {"zh-Hans", "zh-Hant", "en"}
