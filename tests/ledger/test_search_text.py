"""A name or a word in one script finds the other, and nothing asked is an operator."""

import json
import sqlite3
from contextlib import closing
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from ledger.projections.search_text import asked, folded, indexed
from tests.shared_data import SHARED, needs_shared

HOSTILE = [
    '"',
    "'",
    '"" OR ""',
    "a OR b",
    "a NEAR(b)",
    "NEAR(",
    "NOT a",
    "-a",
    "name: a",
    "{personal} : a",
    "a* ^b",
    "^",
    "*",
    "(((((",
    ") OR (",
    "a\0b",
    "\0",
    "🙂",
    "a 🙂 b",
    "\ud7ff\ue000",
    "¶",
    "a ¶ b",
    "; DROP TABLE search",
    "%_",
    "\\",
    "a" * 400,
    "陳" * 400,
    " ".join("ab" for _ in range(133)),
    "-'-'-'-",
    "a-" * 200,
    "\N{RIGHT-TO-LEFT OVERRIDE}a",
    "é" * 100,
    "ﷺ" * 22,
]
HAN = st.text("陳大文范範后後發髮鍾钟鐘乾隆覆复葉叶", min_size=1, max_size=8)


@pytest.fixture(scope="module")
def db():
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE VIRTUAL TABLE texts USING fts5(text, tokenize='ascii')")
        yield db


def finds(db, words, *texts):
    """Tell whether `words` find a case of `texts`."""
    with db:
        db.execute("DELETE FROM texts")
        db.execute("INSERT INTO texts VALUES (?)", [indexed(texts)])
    terms = asked(words)
    if not terms:
        return False
    return bool(
        db.execute("SELECT 1 FROM texts WHERE texts MATCH ?", [" AND ".join(terms)]).fetchall()
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("范仲文", "範仲文"),
        ("範仲文", "范"),
        ("皇后大道東", "皇后大道东"),
        ("之後", "之后"),
        ("美髮店", "美发"),
        ("發展", "发展"),
        ("葉鍾文", "叶钟文"),
        ("锺离", "鍾離"),
        ("乾隆", "乾"),
        ("行政覆議", "行政复议"),
        ("答覆", "答复"),
        ("衞生署", "卫生署"),
        ("大埔邨", "大埔村"),
        ("線路", "綫路"),
        ("食品經營許可（新申請）", "经营许可"),
        ("食品經營許可", "可"),
        ("Ｋｏｗｌｏｏｎ", "kowloon"),
        ("Kowloon City", "KOW"),
        ("Chan Tai-man", "tai man chan"),
        ("Chan Tai-man", "Tai-Man"),
        ("Chan Tai-man", "taiman"),
        ("CHAN, Tai Man", "chan,tai"),
        ("Wong-Leung", "leung"),
        ("O’Brien", "O'Brien"),
        ("O'Brien", "obrien"),
        ("Ngô Café", "ngo cafe"),
        ("Straße 7", "STRASSE"),
        ("茶餐廳ABC店", "餐厅abc"),
        ("龍記ABC", "abc"),
        ("GD20260210-CEIR-CEJC", "gd20260210ceir"),
        ("GD20260210-CEIR-CEJC", "GD20260210-CEIR-CEJC"),
        ("𠮷野家", "𠮷野"),
        ("東京ﾀﾜｰ", "タワー"),
    ],
)
def test_a_text_is_found_by_its_words_however_they_are_written(db, text, words):
    assert finds(db, words, text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("陳大文", "大陳"),
        ("陳大文", "陳文"),
        ("Kowloon", "loon"),
        ("Chan Tai-man", "mantai"),
        ("陳大文", "chan"),
        ("ab", "a b"),
        ("a", "🙂"),
    ],
)
def test_other_words_do_not_find_it(db, text, words):
    assert not finds(db, words, text)


def test_words_do_not_run_on_from_one_text_to_the_next(db):
    assert finds(db, "陳大", "陳大", "文山")
    assert not finds(db, "大文", "陳大", "文山")
    assert not finds(db, "tai-man", "Tai", "Man")


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_that_is_asked_is_an_operator(db, words):
    finds(db, words, "quite another text")
    assert not finds(db, words, "")


@given(st.text(max_size=60))
def test_every_word_of_a_text_finds_it(db, text):
    assert all(finds(db, word, text) for word in folded(text).split() if asked(word))


@given(HAN, HAN, HAN)
def test_every_part_of_a_name_finds_it_in_either_script(db, before, part, after):
    simplified = OpenCC("t2s").convert(part)

    assert finds(db, part, before + part + after)
    assert finds(db, simplified, before + part + after)
    assert finds(db, part, before + simplified + after)


# Paper mulberry in place of grain: a slip of the list, and no variant.
_SLIPS = {"谷", "夹谷"}


@needs_shared
def test_every_surname_is_found_in_the_other_script(db):
    path = SHARED / "data" / "names" / "surnames_romanised.json"
    surnames = [each for each in json.loads(path.read_text()) if each["zh_sim"] not in _SLIPS]

    for each in surnames:
        simplified, traditional = each["zh_sim"].partition("[")[0], each["zh_tra"]
        assert folded(simplified) == folded(traditional.partition("[")[0])
        assert finds(db, simplified, f"{traditional}大文")
        assert finds(db, traditional.partition("[")[0], f"{simplified}大文")


@pytest.mark.parametrize("words", ["", " ", "🙂", "\0", "-", "\N{PILCROW SIGN}"])
def test_there_may_be_nothing_to_look_for(words):
    assert not asked(words)


@pytest.mark.parametrize("endless", ["a" * 60_000, "a-" * 30_000, "a'" + "陳" * 60_000])
def test_a_word_without_end_holds_nobody_up(endless):
    began = thread_time()

    assert indexed([endless])

    assert thread_time() - began < 2
