"""What was agreed decides on both sides, and Hong Kong's data stay within their contract."""

import pytest

from identity.errors import NotAgreed
from identity.policy import Agreement, Basis, Policy, is_from_hong_kong

ITEM = "gd.zhaoqing.food-operation-licence"
GUANGXI = Agreement(
    modes=("collect",),
    items=("gd.zhaoqing.*", "gx.*"),
    bases={
        "PIPL 13(1)(3)": Basis(ask=("document_number", "name_*"), answer=("document_number",)),
        "PIPL 2*": Basis(),
        "consent of 2026": Basis(hong_kong=True),
    },
)
OPEN = Agreement()


def policy(region="CN-GD", **agreements):
    known = {name.replace("_", "-"): each for name, each in agreements.items()}
    return Policy(region=region, agreements=known.get)


def ask(by, home, *fields, **changes):
    asked = {"purpose": ITEM, "legal_basis": "PIPL 13(1)(3)", "from_hong_kong": False}
    by.check_asking(home, fields=fields or ("document_number",), **asked | changes)


def answer(by, asker, *fields, **changes):
    asked = {"purpose": ITEM, "legal_basis": "PIPL 13(1)(3)", "from_hong_kong": False}
    by.check_answering(asker, fields=fields or ("document_number",), **asked | changes)


def test_what_was_agreed_may_be_asked_and_answered():
    ours = policy(CN_GX=GUANGXI)

    ask(ours, "CN-GX", "document_number", "name_zh")
    answer(ours, "CN-GX", "document_number")


@pytest.mark.parametrize(
    ("fields", "changes", "why"),
    [
        (("birth_date",), {}, "does not allow to ask birth_date"),
        ((), {"purpose": "gd.shaoguan.licence"}, "purpose is not agreed"),
        ((), {"legal_basis": "PIPL 13(1)(2)"}, "legal basis is not agreed"),
        ((), {"legal_basis": "pipl 13(1)(3)"}, "legal basis is not agreed"),
    ],
)
def test_beyond_what_was_agreed_nothing_is_asked(fields, changes, why):
    with pytest.raises(NotAgreed, match=why):
        ask(policy(CN_GX=GUANGXI), "CN-GX", *fields, **changes)


def test_what_we_may_ask_they_may_not_therefore_ask_us():
    with pytest.raises(NotAgreed, match="does not allow to answer name_zh"):
        answer(policy(CN_GX=GUANGXI), "CN-GX", "document_number", "name_zh")


def test_a_region_that_is_no_partner_is_neither_asked_nor_answered():
    for check in (ask, answer):
        with pytest.raises(NotAgreed, match="not a partner"):
            check(policy(CN_GX=OPEN), "CN-HN")


def test_details_from_hong_kong_go_to_no_other_province():
    for check in (ask, answer):
        with pytest.raises(NotAgreed, match="stay between Hong Kong"):
            check(policy(CN_FJ=OPEN), "CN-FJ", from_hong_kong=True)


def test_another_basis_that_is_recorded_lets_them():
    ask(policy(CN_GX=GUANGXI), "CN-GX", legal_basis="consent of 2026", from_hong_kong=True)


@pytest.mark.parametrize(("ours", "other"), [("CN-GD", "CN-HK"), ("CN-HK", "CN-GD")])
def test_hong_kong_and_the_contracts_cities_ask_each_other(ours, other):
    ask(policy(ours, **{other: OPEN}), other, from_hong_kong=True)
    answer(policy(ours, **{other: OPEN}), other)


@pytest.mark.parametrize("ours", ["CN-GD", "CN-HK"])
@pytest.mark.parametrize(
    "city",
    [
        "guangzhou",
        "shenzhen",
        "zhuhai",
        "foshan",
        "huizhou",
        "dongguan",
        "zhongshan",
        "jiangmen",
        "zhaoqing",
    ],
)
def test_the_contract_covers_each_of_the_nine_cities(ours, city):
    other = "CN-HK" if ours == "CN-GD" else "CN-GD"

    for check in (ask, answer):
        check(policy(ours, **{other: OPEN}), other, purpose=f"gd.{city}.licence")


@pytest.mark.parametrize("purpose", ["gd.shaoguan.licence", "gd.licence", "gx.zhaoqing.x"])
def test_a_city_outside_the_contract_is_not_covered(purpose):
    with pytest.raises(NotAgreed, match="nine cities"):
        ask(policy(CN_HK=OPEN), "CN-HK", purpose=purpose)


def test_hong_kong_answers_no_province_outside_the_contract():
    with pytest.raises(NotAgreed, match="stay between"):
        answer(policy("CN-HK", CN_GX=OPEN), "CN-GX")


@pytest.mark.parametrize(
    ("kind", "number", "expected"),
    [
        ("hkid", "A123456(3)", True),
        ("mainland_travel_permit", "H12345678", True),
        ("mainland_travel_permit", "M12345678", False),
        ("mainland_travel_permit_non_chinese", " h12345678", True),
        ("residence_permit", "810000199001010019", True),
        ("residence_permit", "820000199001010029", False),
        ("resident_identity", "810000199001010019", False),
        ("macao_bir", "12345678", False),
        ("hkid", "", True),
        ("library_card", "A1", True),
        ("", "", True),
    ],
)
def test_who_is_from_hong_kong_is_told_by_the_document(kind, number, expected):
    given = {"document_type": kind, "document_number": number}

    assert is_from_hong_kong(given) is expected


def test_a_refusal_names_no_value():
    with pytest.raises(NotAgreed) as refused:
        ask(policy(CN_GX=GUANGXI), "CN-GX", legal_basis="on behalf of Chan Tai Man")

    assert "Chan" not in str(refused.value)


@pytest.mark.parametrize(
    "basis",
    [
        "for 459999199003070025",
        "PIPL 13(1)(3) for 459999199003070025",
        "PIPL 459999199003070025",
        "on behalf of Chan Tai Man",
        "PIPL 13(1)(3)\n",
        "PIPL",
        "",
    ],
)
def test_any_basis_is_any_law_and_no_text_of_the_callers_own(basis):
    for check in (ask, answer):
        with pytest.raises(NotAgreed, match="legal basis is not agreed"):
            check(policy(CN_GX=OPEN), "CN-GX", legal_basis=basis)


@pytest.mark.parametrize(
    "basis",
    [
        "PIPL 13(1)(3)",
        "Personal Information Protection Law art. 13(1)(3)",
        "个人信息保护法第十三条",
        "Cap. 486 s. 58",
        "Personal Data (Privacy) Ordinance s. 58(1)(a)",
    ],
)
def test_laws_are_cited_by_the_names_they_are_known_by(basis):
    for check in (ask, answer):
        check(policy(CN_GX=OPEN), "CN-GX", legal_basis=basis)


def test_a_basis_of_their_own_is_agreed_word_for_word():
    given = Agreement(bases={"agreement of 2026, item 4": Basis(), "agreement *": Basis()})

    ask(policy(CN_GX=given), "CN-GX", legal_basis="agreement of 2026, item 4")
    with pytest.raises(NotAgreed, match="legal basis is not agreed"):
        ask(policy(CN_GX=given), "CN-GX", legal_basis="agreement of 2026, item 5")


@pytest.mark.parametrize("purpose", ["for Chan Tai Man", "gd.459999199003070025", "gd.x\n", ""])
def test_a_purpose_is_the_id_of_an_item_and_no_text(purpose):
    with pytest.raises(NotAgreed, match="purpose is not agreed"):
        answer(policy(CN_GX=OPEN), "CN-GX", purpose=purpose)
