"""The catalogue holds whole: every file is checked, and published versions stay."""

import json
from importlib.resources import files

import pytest

from ledger.calendar import load_calendars
from ledger.catalogue import CatalogueError, load_catalogue
from ledger.errors import UnknownItem

CATALOGUE = load_catalogue()
DEMO = "gd.zhaoqing.food-operation-licence"
RESTAURANT = "gd.zhaoqing.open-a-restaurant"

OURS = files("ledger.catalogue")
ITEM = json.loads((OURS / "items" / f"{DEMO}.v1.json").read_text())
GX = "gx.nanning.market-regulation"
AUTHORITY = {
    "id": GX,
    "region": "CN-GX",
    "calendar": "CN",
    "names": {"hans": "南宁市市场监督管理局", "hant": "南寧市市場監督管理局", "en": "Nanning"},
}


# What is in it


def test_the_catalogue_has_ten_items_and_more():
    assert len(CATALOGUE.all_current()) >= 10


def test_a_hong_kong_resident_finds_an_item_for_every_kind_of_material():
    item = CATALOGUE.current(DEMO)

    assert "CN-HK" in item.cross_boundary
    assert {"iamsmart", "pprd"} <= set(item.credentials)
    assert item.commitment is not None
    assert any(material.essential for material in item.materials)
    assert any(material.deferrable for material in item.materials)
    assert any(material.by_commitment for material in item.materials)


def test_every_item_has_an_authority_whose_calendar_counts_its_terms():
    calendars = load_calendars()

    for item in CATALOGUE.all_current():
        authority = CATALOGUE.authority(item.authority)
        assert authority.calendar in calendars
        assert authority.region not in item.cross_boundary


def test_a_hong_kong_authority_decides_for_mainland_applicants_on_its_own_calendar():
    decided_there = [
        item
        for item in CATALOGUE.all_current()
        if CATALOGUE.authority(item.authority).calendar == "CN-HK"
    ]

    assert any("CN-GD" in item.cross_boundary for item in decided_there)


def test_a_theme_opens_items_of_the_catalogue():
    theme = CATALOGUE.current(RESTAURANT)

    assert DEMO in theme.parts
    assert [CATALOGUE.current(part).id for part in theme.parts] == list(theme.parts)


def test_the_three_languages_are_written_and_not_copied():
    """One script's text may look like the other's (珠海市公安局), a whole item's may not."""
    for item in CATALOGUE.all_current():
        texts = [item.names, *(material.names for material in item.materials)]
        assert [text.hans for text in texts] != [text.hant for text in texts]
        assert all(text.en.isascii() for text in texts)


# Versions


def test_a_new_version_stands_beside_the_old_one(tmp_path):
    _write_item(tmp_path, ITEM | {"version": 2, "least_assurance": 3})

    catalogue = load_catalogue(tmp_path)

    assert catalogue.item(DEMO, 1) == CATALOGUE.current(DEMO)
    assert catalogue.item(DEMO, 2).least_assurance == 3
    assert catalogue.current(DEMO).version == 2
    assert len(catalogue.all_current()) == len(CATALOGUE.all_current())


def test_the_tenth_version_is_newer_than_the_ninth(tmp_path):
    for version in (9, 10):
        _write_item(tmp_path, ITEM | {"version": version})

    assert load_catalogue(tmp_path).current(DEMO).version == 10


def test_a_version_once_published_is_not_replaced(tmp_path):
    _write_item(tmp_path, ITEM | {"least_assurance": 3})

    with pytest.raises(CatalogueError, match=rf"^{DEMO}.v1.json: duplicate .* `\$.version`"):
        load_catalogue(tmp_path)


def test_an_item_nobody_knows_is_refused():
    with pytest.raises(UnknownItem, match=r"no service item 'gd\.nothing'"):
        CATALOGUE.current("gd.nothing")
    with pytest.raises(UnknownItem, match="version 7"):
        CATALOGUE.item(DEMO, 7)
    with pytest.raises(CatalogueError, match=r"no authority 'gd\.nobody'"):
        CATALOGUE.authority("gd.nobody")


# An operator's folder


def test_an_operator_adds_an_authority_and_its_items(tmp_path):
    _write_authorities(tmp_path, AUTHORITY)
    _write_item(tmp_path, ITEM | {"id": "gx.nanning.food-licence", "authority": GX})

    catalogue = load_catalogue(tmp_path)

    item = catalogue.current("gx.nanning.food-licence")
    assert catalogue.authority(item.authority).region == "CN-GX"


def test_an_operator_may_bring_a_calendar(tmp_path):
    (tmp_path / "items").mkdir()
    _write_authorities(tmp_path, AUTHORITY | {"calendar": "CN-MO"})

    catalogue = load_catalogue(tmp_path, calendars={"CN", "CN-HK", "CN-MO"})

    assert catalogue.authority(GX).calendar == "CN-MO"


def test_a_folder_without_items_is_refused(tmp_path):
    with pytest.raises(CatalogueError, match="items: there is no such folder"):
        load_catalogue(tmp_path)


def _write_item(folder, item, name=None):
    (folder / "items").mkdir(exist_ok=True)
    file = name or f"{item['id']}.v{item['version']}.json"
    (folder / "items" / file).write_text(json.dumps(item))


def _write_authorities(folder, *authorities):
    (folder / "authorities.json").write_text(json.dumps(authorities))
