"""A session that an agent was given for one item is good for that item's cases alone."""

from uuid import UUID

from tests.service.persons import ITEM
from tests.service.running import FORM

OTHER = "gd.zhaoqing.pension-transfer-in"


def agent(service, subject, item):
    return service.session("agent", "clerk-1", principal=subject, item=item)


async def mine(service):
    """Return somebody's case of one item, and their pseudonym."""
    applicant = await service.applicant()
    case = await service.apply(applicant)
    return case, service.ledger.entries(UUID(case))[1].subject


async def test_the_case_of_its_item_can_be_read_and_acted_on(service):
    case, subject = await mine(service)
    visitor = agent(service, subject, ITEM)

    assert (await visitor.get(f"/v1/cases/{case}")).status == 200
    assert (await visitor.get(f"/v1/cases/{case}/timeline")).status == 200
    assert (await visitor.act(case, "withdrawals", {})).status == 200


async def test_a_case_of_another_item_is_as_if_it_were_not_there(service):
    case, subject = await mine(service)
    visitor = agent(service, subject, OTHER)

    answers = [
        await visitor.get(f"/v1/cases/{case}"),
        await visitor.get(f"/v1/cases/{case}/replay"),
        await visitor.get(f"/v1/cases/{case}/timeline"),
        await visitor.get(f"/v1/cases/{case}/bundles/1"),
        await visitor.get(f"/v1/cases/{case}/receipts/1"),
        await visitor.get(f"/v1/cases/{case}/materials/application-form"),
        await visitor.get(f"/v1/cases/{case}/identity-status"),
        await visitor.act(case, "withdrawals", {}),
    ]

    assert {answer.status for answer in answers} == {404}


async def test_nothing_is_listed_or_found_with_it(service):
    _, subject = await mine(service)
    visitor = agent(service, subject, ITEM)

    for path in ("/v1/cases", "/v1/search?q=Tea", "/v1/me/copy"):
        assert (await visitor.get(path)).status == 403


async def test_no_case_of_another_item_is_opened_with_it(service):
    _, subject = await mine(service)
    visitor = agent(service, subject, OTHER)

    opened = await visitor.post("/v1/cases", {"item": ITEM, "form": FORM, "materials": {}})

    assert (opened.status, opened.problem) == (403, "not-allowed")


async def test_no_code_of_another_items_case_is_given_with_it(service):
    case, subject = await mine(service)

    issued = await agent(service, subject, OTHER).post(f"/v1/cases/{case}/codes")

    assert issued.status == 403
