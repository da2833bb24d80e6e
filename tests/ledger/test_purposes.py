"""The register of purposes, and how long what is used for them is kept."""

import json
from datetime import date
from hashlib import sha256
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.catalogue import (
    ACCOUNT,
    EVIDENCE_REUSE,
    HAND_OVER,
    PERMIT_BINDING,
    CatalogueError,
    Language,
    Retention,
    all_purposes,
    load_catalogue,
    load_purposes,
)

CATALOGUE = load_catalogue()
REGISTER = {each.id: each for each in all_purposes(load_purposes(), CATALOGUE)}


def test_every_service_item_is_a_purpose_carried_by_a_duty():
    for item in CATALOGUE.all_current():
        assert REGISTER[item.id].carried_by == "duty"
        assert REGISTER[item.id].retention == item.retention is not None


def test_what_the_rules_ask_consent_for_is_in_the_register():
    for id in (PERMIT_BINDING, HAND_OVER, EVIDENCE_REUSE):
        assert REGISTER[id].carried_by == "consent"
    account = REGISTER[ACCOUNT].retention
    assert account is not None
    assert account.years == 3


def test_each_wording_has_three_languages_and_the_digest_of_each():
    for purpose in REGISTER.values():
        if purpose.wording is None:
            continue
        texts = {purpose.wording.words(each) for each in get_args(Language)}
        assert len(texts) == 3
        for each in get_args(Language):
            text = purpose.wording.words(each).encode()
            assert purpose.wording.digest(each) == sha256(text).hexdigest()


def test_an_operator_adds_purposes_and_replaces_none(tmp_path):
    added = {
        "id": "statistics",
        "names": {"hans": "统计", "hant": "統計", "en": "Statistics"},
        "carried_by": "duty",
        "legal_basis": ["Statistics Law"],
        "categories": ["progress"],
        "recipients": {"hans": "统计部门", "hant": "統計部門", "en": "Statisticians"},
    }
    file = tmp_path / "purposes.json"

    file.write_text(json.dumps([added]))
    assert load_purposes(tmp_path).keys() == load_purposes().keys() | {"statistics"}

    file.write_text(json.dumps([added | {"id": HAND_OVER}]))
    with pytest.raises(CatalogueError, match="duplicate purpose 'partner-hand-over'"):
        load_purposes(tmp_path)

    file.write_text(json.dumps([added | {"wording": {"version": 1, "text": added["names"]}}]))
    with pytest.raises(CatalogueError, match="`wording` is agreed to"):
        load_purposes(tmp_path)


@pytest.mark.parametrize(
    ("over_on", "counted_from", "last"),
    [
        (date(2026, 3, 2), "day", date(2036, 3, 2)),
        (date(2028, 2, 29), "day", date(2038, 2, 28)),
        (date(2026, 1, 1), "year_end", date(2036, 12, 31)),
        (date(2026, 12, 31), "year_end", date(2036, 12, 31)),
    ],
)
def test_ten_years_end_on(over_on, counted_from, last):
    kept = Retention(years=10, basis="a law", counted_from=counted_from)

    assert kept.last_day(over_on) == last


def test_what_is_kept_for_ever_has_no_last_day():
    assert Retention(years=None, basis="a law").last_day(date(2026, 1, 1)) is None


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 100))
def test_nothing_ends_before_reconsideration_can_be_asked_no_more(over_on, years):
    for counted_from in ("day", "year_end"):
        kept = Retention(years=years, basis="a law", counted_from=counted_from)
        last = kept.last_day(over_on)
        assert last is not None
        assert (last - over_on).days >= 365
