"""A file of the catalogue that does not hold stops the start, by its name and field."""

import json
from importlib.resources import files

import pytest

from ledger.catalogue import CatalogueError, load_catalogue

DEMO = "gd.zhaoqing.food-operation-licence"
RESTAURANT = "gd.zhaoqing.open-a-restaurant"

OURS = files("ledger.catalogue")
ITEM = json.loads((OURS / "items" / f"{DEMO}.v1.json").read_text())
THEME = json.loads((OURS / "items" / f"{RESTAURANT}.v1.json").read_text())
GX = "gx.nanning.market-regulation"
AUTHORITY = {
    "id": GX,
    "region": "CN-GX",
    "calendar": "CN",
    "names": {"hans": "南宁市市场监督管理局", "hant": "南寧市市場監督管理局", "en": "Nanning"},
}


def _material(**change):
    return {"materials": [ITEM["materials"][0] | change]}


def _terms(**change):
    return {"terms": ITEM["terms"] | change}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"colour": "red"}, "unknown field `colour`"),
        (_material(colour="red"), r"unknown field `colour` - at `\$.materials\[0\]`"),
        ({"version": "1"}, r"Expected `int`, got `str` - at `\$.version`"),
        ({"version": True}, r"Expected `int`, got `bool` - at `\$.version`"),
        ({"version": 0}, r"`int` >= 1 - at `\$.version`"),
        ({"id": "../authorities"}, r"at `\$.id`"),
        ({"id": "gd.licence\n"}, r"at `\$.id`"),
        ({"authority": "gd.nobody"}, r"unknown authority 'gd.nobody' - at `\$.authority`"),
        ({"kind": "favour"}, r"'favour' - at `\$.kind`"),
        ({"mechanism": "magic"}, r"'magic' - at `\$.mechanism`"),
        ({"cross_boundary": ["Hong Kong"]}, r"at `\$.cross_boundary\[0\]`"),
        ({"credentials": []}, r"length >= 1 - at `\$.credentials`"),
        ({"credentials": ["password"]}, r"'password' - at `\$.credentials\[0\]`"),
        ({"least_assurance": 4}, r"`int` <= 3 - at `\$.least_assurance`"),
        ({"legal_basis": []}, r"length >= 1 - at `\$.legal_basis`"),
        ({"materials": []}, r"length >= 1 - at `\$.materials`"),
        ({"materials": ITEM["materials"][:1] * 2}, "two `materials` have the same `id`"),
        (
            _material(essential=True, deferrable=True),
            r"an `essential` material cannot be `deferrable` - at `\$.materials\[0\]`",
        ),
        (
            _material(by_commitment=True) | {"commitment": None},
            "a material is `by_commitment`, and `commitment` is missing",
        ),
        (
            {"names": {"hans": "许可", "hant": "許可"}},
            r"missing required field `en` - at `\$.names`",
        ),
        ({"names": ITEM["names"] | {"hant": ""}}, r"length >= 1 - at `\$.names.hant`"),
        (_terms(decide=11), r"`decide` is longer than `decide_statutory` - at `\$.terms`"),
        (_terms(intake=0), r"`int` >= 1 - at `\$.terms.intake`"),
        (_terms(correction=366), r"`int` <= 365 - at `\$.terms.correction`"),
        (_terms(appeal=60), r"unknown field `appeal` - at `\$.terms`"),
        (
            {"names": ITEM["names"] | {"pt": "x"}},
            r"unknown field `pt` - at `\$.names`",
        ),
        (
            {"commitment": ITEM["commitment"] | {"fine": 1}},
            r"unknown field `fine` - at `\$.commitment`",
        ),
        (_terms(serve=5.5), r"Expected `int`, got `float` - at `\$.terms.serve`"),
        ({"parts": [RESTAURANT]}, "`parts` belong to the kind `theme`"),
        ({"kind": "theme"}, "`parts` belong to the kind `theme`"),
    ],
)
def test_a_bad_item_is_refused_by_its_file_and_field(tmp_path, change, message):
    _write_item(tmp_path, ITEM | {"id": "gd.new-item"} | change, name="gd.new-item.v1.json")

    with pytest.raises(CatalogueError, match=rf"^gd\.new-item\.v1\.json: .*{message}"):
        load_catalogue(tmp_path)


@pytest.mark.parametrize("missing", sorted(ITEM.keys() - {"commitment", "notes", "retention"}))
def test_an_item_with_a_field_missing_is_refused_by_its_file_and_field(tmp_path, missing):
    item = {key: value for key, value in ITEM.items() if key != missing}
    _write_item(tmp_path, item, name="gd.new-item.v1.json")

    with pytest.raises(CatalogueError, match=rf"^gd\.new-item\.v1\.json: .*`{missing}`"):
        load_catalogue(tmp_path)


def test_an_item_is_refused_under_another_name(tmp_path):
    _write_item(tmp_path, ITEM | {"version": 2}, name=f"{DEMO}.v3.json")

    with pytest.raises(CatalogueError, match=rf"^{DEMO}.v3.json: `id` and `version` ask"):
        load_catalogue(tmp_path)


@pytest.mark.parametrize(("term", "longest"), [("intake", 5), ("serve", 10)])
def test_a_mainland_term_longer_than_the_law_gives_is_refused(tmp_path, term, longest):
    _write_item(tmp_path, ITEM | {"version": 2} | _terms(**{term: longest}))
    load_catalogue(tmp_path)

    _write_item(tmp_path, ITEM | {"version": 2} | _terms(**{term: longest + 1}))

    with pytest.raises(CatalogueError, match=rf"v2\.json: .* {longest} .* `\$\.terms\.{term}`"):
        load_catalogue(tmp_path)


def test_a_mainland_decision_takes_longer_than_20_days_only_where_a_law_says_so(tmp_path):
    longer = {"decide_statutory": 30}
    _write_item(tmp_path, ITEM | {"version": 2} | _terms(**longer, decide_basis="a law"))
    load_catalogue(tmp_path)

    _write_item(tmp_path, ITEM | {"version": 2} | _terms(**longer))

    with pytest.raises(CatalogueError, match=r"at most 20 .* `\$\.terms\.decide_statutory`"):
        load_catalogue(tmp_path)


def test_hong_kongs_terms_are_not_the_mainlands(tmp_path):
    item = ITEM | {"version": 2, "authority": "hk.companies-registry"} | _terms(intake=6)
    _write_item(tmp_path, item)

    assert load_catalogue(tmp_path).current(DEMO).terms.intake == 6


def test_a_theme_with_a_part_nobody_knows_is_refused(tmp_path):
    _write_item(tmp_path, THEME | {"version": 2, "parts": ["gd.nothing"]})

    with pytest.raises(CatalogueError, match=r"v2\.json: unknown item 'gd.nothing' .*parts"):
        load_catalogue(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b'{"id": "\xff"}', b"[]", b"\x00"])
def test_a_file_that_is_not_our_json_is_refused_by_its_name(tmp_path, content):
    (tmp_path / "items").mkdir()
    (tmp_path / "items/gd.new-item.v1.json").write_bytes(content)

    with pytest.raises(CatalogueError, match=r"^gd\.new-item\.v1\.json: "):
        load_catalogue(tmp_path)


@pytest.mark.parametrize(
    ("authorities", "message"),
    [
        ([AUTHORITY, AUTHORITY], r"duplicate authority 'gx\..*' - at `\$\[1\].id`"),
        (
            [AUTHORITY | {"id": "hk.companies-registry"}],
            r"duplicate authority 'hk\..*' - at `\$\[0\].id`",
        ),
        (
            [AUTHORITY | {"calendar": "CN-TW"}],
            r"unknown calendar 'CN-TW' - at `\$\[0\].calendar`",
        ),
        ([AUTHORITY | {"region": "GX"}], r"at `\$\[0\].region`"),
        ([AUTHORITY | {"motto": "x"}], r"unknown field `motto` - at `\$\[0\]`"),
        ([{"id": "gx.nanning"}], r"missing required field `region` - at `\$\[0\]`"),
        ({"id": "gx.nanning"}, "Expected `array`, got `object`"),
    ],
)
def test_bad_authorities_are_refused_by_their_file_and_field(tmp_path, authorities, message):
    (tmp_path / "items").mkdir()
    (tmp_path / "authorities.json").write_text(json.dumps(authorities))

    with pytest.raises(CatalogueError, match=rf"^authorities\.json: .*{message}"):
        load_catalogue(tmp_path)


def _write_item(folder, item, name=None):
    (folder / "items").mkdir(exist_ok=True)
    file = name or f"{item['id']}.v{item['version']}.json"
    (folder / "items" / file).write_text(json.dumps(item))
