"""Comparing names: scripts, variants, order, and romanisations that cannot be compared."""

import json
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.model import Answer
from identity.names import compare_names, folded
from tests.shared_data import SHARED, needs_shared

MATCH, PARTIAL = Answer.MATCH, Answer.PARTIAL
NO_MATCH, NOT_COMPARABLE = Answer.NO_MATCH, Answer.NOT_COMPARABLE

CASES = [
    ("the same name", "陳樣本", "陳樣本", MATCH),
    ("simplified against traditional", "陈样本", "陳樣本", MATCH),
    ("a form of Hong Kong against the mainland's", "衞峯", "卫峰", MATCH),
    ("the two simplified forms of one surname", "锺一", "鍾一", MATCH),
    ("an older shape", "淸眞", "清真", MATCH),
    ("a compatibility ideograph", "\uf9e1一", "李一", MATCH),
    ("a chosen shape of an ideograph", "葛\U000e0101一", "葛一", MATCH),
    ("a joiner that nobody sees", "陳\u200b樣本\ufeff", "陳樣本", MATCH),
    ("full-width spaces between characters", "陳\u3000樣 本", "陈样本", MATCH),
    ("a compound surname written apart", "歐陽 假設", "欧阳假设", MATCH),
    ("three kinds of middle dot", "样本·示例", "样本•示例", MATCH),
    ("a middle dot left out", "样本・示例", "样本示例", MATCH),
    ("a surname that is written alike in both scripts", "范一", "范一", MATCH),
    ("a simplified surname for either of two", "后一", "後一", MATCH),
    ("another name", "陳樣本", "陳樣品", NO_MATCH),
    ("another surname that sounds alike", "凃一", "涂一", NO_MATCH),
    ("part of a name", "陳樣", "陳樣本", NO_MATCH),
    ("the order of characters", "本樣陳", "陳樣本", NO_MATCH),
    ("capitals and a comma", "CHAN, Sample", "chan sample", MATCH),
    ("the surname last", "Tai Man CHAN", "CHAN Tai Man", MATCH),
    ("a given name before or after", "Peter CHAN Tai Man", "CHAN Tai Man Peter", MATCH),
    ("a hyphen", "CHAN Tai-man", "CHAN Tai Man", MATCH),
    ("a given name run together", "CHAN Taiman", "CHAN Tai Man", MATCH),
    ("a compound surname run together", "AUYEUNG Sample", "AU YEUNG, Sample", MATCH),
    ("run together and the surname last", "Siuming AUYEUNG", "AU-YEUNG Siu Ming", MATCH),
    ("an apostrophe", "XI'AN", "Xi\u2019an", MATCH),
    ("accents", "JOÃO da Conceição", "JOAO DA CONCEICAO", MATCH),
    ("full-width letters", "ＣＨＡＮ Sample", "CHAN Sample", MATCH),
    ("what pinyin has for Ü", "LV Sample", "LÜ Sample", MATCH),
    ("what passports have for Ü", "LYU Sample", "LÜ Sample", MATCH),
    ("the same surname and other given names", "CHAN Siu Ming", "CHAN Tai Man", PARTIAL),
    ("initials", "CHAN T M", "CHAN Tai Man", PARTIAL),
    ("a given name left out", "CHAN Tai Man", "CHAN Tai Man Peter", PARTIAL),
    ("Cantonese against pinyin", "CHAN Tai Man", "CHEN Dawen", NOT_COMPARABLE),
    ("characters against letters", "陳大文", "CHAN Tai Man", NOT_COMPARABLE),
    ("letters against characters", "CHAN Tai Man", "陳大文", NOT_COMPARABLE),
    ("nothing", "", "CHAN Tai Man", NOT_COMPARABLE),
    ("nothing against nothing", " ", "", NOT_COMPARABLE),
    ("dots and no name", "···", "陳樣本", NOT_COMPARABLE),
    ("accents and no letters", "\u00a8", "\u00a8", NOT_COMPARABLE),
]

words = st.lists(st.text("ABC", min_size=1, max_size=3), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("believed", "held", "answer"), [pytest.param(*case[1:], id=case[0]) for case in CASES]
)
def test_two_names_compare_alike_either_way(believed, held, answer):
    assert compare_names(believed, held) is answer
    assert compare_names(held, believed) is answer


@given(words)
def test_the_order_of_latin_words_is_of_no_matter(name):
    for order in permutations(name):
        assert compare_names(" ".join(order), " ".join(name)) is MATCH


@given(words, words)
def test_latin_names_are_never_a_mismatch_and_compare_alike_either_way(one, other):
    one, other = " ".join(one), " ".join(other)

    assert compare_names(one, other) is not NO_MATCH
    assert compare_names(one, other) is compare_names(other, one)


@given(st.text(), st.text())
def test_no_text_makes_comparing_fail_or_depend_on_the_side(one, other):
    assert compare_names(one, other) is compare_names(other, one)


@given(st.text())
def test_a_name_matches_itself_wherever_there_is_one(name):
    assert compare_names(name, name) in (MATCH, NOT_COMPARABLE)
    assert (compare_names(name, name) is MATCH) == bool(folded(name))


@needs_shared
def test_no_published_surname_is_a_mismatch_of_itself_in_another_place_or_script():
    rows = json.loads((SHARED / "data/names/surnames_romanised.json").read_bytes())
    assert len(rows) > 100

    for row in rows:
        assert compare_names(f"{row['zh_sim']}一", f"{row['zh_tra']}一") is MATCH, row
        assert compare_names(row["zh_tra"], row["hongkong"]) is NOT_COMPARABLE
        for mainland in row["mainland"].split("/"):
            for hongkong in row["hongkong"].split("/"):
                alike = mainland.upper() == hongkong.upper()
                expected = MATCH if alike else NOT_COMPARABLE
                assert compare_names(mainland, hongkong) is expected, row
