"""The sample register of permits: the simulator's residents, and nobody else."""

import pytest

from adapters.hk.simulator import RESIDENTS
from adapters.mainland.permits import PERMITS, SamplePermits
from identity.documents import Document, format_valid
from identity.model import Answer
from identity.names import compare_names

FIELDS = ("birth_date", "document_number", "name_en", "name_zh")
CHAN = {
    "document_type": "mainland_travel_permit",
    "document_number": "H99999901",
    "name_zh": "陳樣本",
    "name_en": "CHAN, Sample",
    "birth_date": "1980-01-01",
}


async def answers(**changes):
    return (await SamplePermits().compare(CHAN | changes, FIELDS)).answers


def test_the_holders_are_the_residents_of_the_simulator_and_their_numbers_are_well_formed():
    for (number, holder), resident in zip(PERMITS.items(), RESIDENTS.values(), strict=True):
        assert format_valid(Document.MAINLAND_TRAVEL_PERMIT, number)
        assert compare_names(holder["name_zh"], resident.name_zh) is Answer.MATCH
        assert compare_names(holder["name_en"], resident.name_en) is Answer.MATCH
        assert holder["birth_date"].replace("-", "") == resident.birth_date


@pytest.mark.parametrize("number", ["H99999901", "H9999990100", "H9999990107"])
async def test_a_permit_is_its_holders_through_every_renewal(number):
    assert set((await answers(document_number=number)).values()) == {Answer.MATCH}


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"document_number": "H88888801"}, id="an unknown number"),
        pytest.param({"document_type": "hkid"}, id="another kind of document"),
    ],
)
async def test_somebody_unknown_is_answered_like_somebody_different(changes):
    found = await answers(**changes)

    assert Answer.MATCH not in found.values()
    different = {"name_zh": "陳例子", "name_en": "X", "birth_date": "1980-01-02"}
    assert {**found, "document_number": Answer.MATCH} == await answers(**different)
