"""The sample register: made-up people, and answers that hand nothing out."""

import pytest

from adapters.panprd.register import RESIDENTS, SampleRegister
from identity.documents import Document, format_valid
from identity.model import Answer

SOMEONE = {
    "document_type": "resident_identity",
    "document_number": "459999199003070025",
    "name_zh": "样本一",
    "name_en": "Yang Benyi",
    "birth_date": "1990-03-07",
    "gender": "F",
}
NUMBER, ZH, EN, BORN = "document_number", "name_zh", "name_en", "birth_date"


async def _answers(changes=None, *, region="CN-GX", fields=tuple(SOMEONE)):
    compared = await SampleRegister(region).compare(SOMEONE | (changes or {}), fields)
    return compared.answers


def test_every_number_is_well_formed_and_nobodys():
    for resident in RESIDENTS:
        assert format_valid(Document.RESIDENT_IDENTITY, resident.number)
        assert resident.number[2:6] == "9999"
        assert resident.number[6:14] == resident.birth_date.replace("-", "")
        assert resident.number[16] in ("13579" if resident.gender == "M" else "02468")


async def test_someone_is_matched_in_everything_they_are_believed_to_be():
    assert set((await _answers()).values()) == {Answer.MATCH}


@pytest.mark.parametrize(
    ("changes", "name", "answer"),
    [
        pytest.param({ZH: "樣本一"}, ZH, Answer.MATCH, id="the name in the other script"),
        pytest.param({ZH: "样本二"}, ZH, Answer.NO_MATCH, id="another name"),
        pytest.param(
            {ZH: "YANG BENYI"}, ZH, Answer.NOT_COMPARABLE, id="letters for characters"
        ),
        pytest.param({ZH: ""}, ZH, Answer.NOT_COMPARABLE, id="no name"),
        pytest.param({EN: "BENYI, YANG"}, EN, Answer.MATCH, id="surname last"),
        pytest.param({EN: "YEUNG BENYI"}, EN, Answer.PARTIAL, id="half romanised otherwise"),
        pytest.param({EN: "YEUNG P Y"}, EN, Answer.NOT_COMPARABLE, id="romanised otherwise"),
        pytest.param({EN: "YANG BEN-YI"}, EN, Answer.MATCH, id="a given name in two"),
        pytest.param({NUMBER: " 459999 19900307 0025"}, NUMBER, Answer.MATCH, id="spaces"),
        pytest.param({BORN: "1990-03-08"}, BORN, Answer.NO_MATCH, id="another birth date"),
        pytest.param({BORN: ""}, BORN, Answer.NO_MATCH, id="an empty birth date"),
        pytest.param({NUMBER: "459999199003070020"}, NUMBER, Answer.NO_MATCH, id="a digit"),
    ],
)
async def test_one_field(changes, name, answer):
    assert (await _answers(changes))[name] is answer


async def test_a_field_not_believed_or_not_held_is_not_comparable():
    answers = await SampleRegister("CN-GX").compare(
        {NUMBER: SOMEONE[NUMBER], "document_type": "resident_identity", "shoe_size": "41"},
        (ZH, "blood_group", "shoe_size"),
    )

    assert set(answers.answers.values()) == {Answer.NOT_COMPARABLE}


async def test_somebody_unknown_is_answered_like_somebody_different():
    unknown = await _answers({NUMBER: "1"})
    different = await _answers({NUMBER: "459999197811210015", EN: "CHAN", "gender": "X"})

    assert unknown == await _answers(region="CN-HN")
    assert Answer.MATCH not in unknown.values()
    assert unknown[EN] is different[EN] is Answer.NOT_COMPARABLE
    assert unknown[ZH] is different[ZH] is Answer.NO_MATCH
    assert unknown[BORN] is different[BORN] is Answer.NO_MATCH


async def test_nobody_matches_in_nothing():
    nothing = await _answers({NUMBER: "", ZH: "", EN: "", BORN: "", "gender": ""})

    assert Answer.MATCH not in nothing.values()


async def test_nobody_is_found_under_another_kind_of_document():
    assert (await _answers({"document_type": "passport"}))[NUMBER] is Answer.NO_MATCH


@pytest.mark.parametrize("resident", RESIDENTS)
def test_a_resident_does_not_show_who_they_are(resident):
    assert resident.number not in repr(resident)
    assert resident.name_en not in repr(resident)
