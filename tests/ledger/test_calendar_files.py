"""The years as data: ours agree with others, and a file that does not hold is refused."""

import json
from datetime import date, timedelta
from importlib.resources import files

import holidays
import pytest

from ledger.calendar import CalendarError, deadline, load_calendars
from tests.shared_data import SHARED, needs_shared

CALENDARS = load_calendars()
CN, HK = CALENDARS["CN"], CALENDARS["CN-HK"]
YEARS = [2024, 2025, 2026]

OURS = files("ledger.calendar.years")
NEXT_YEAR = {
    "calendar": "CN",
    "zone": "Asia/Shanghai",
    "year": 2027,
    "notices": [{"title": "a notice made up for this test", "issued": "2026-11-05"}],
    "holidays": [{"name": "元旦", "first": "2027-01-01", "last": "2027-01-02"}],
    "make_up_days": ["2027-01-03"],
}


# Our data beside other people's


@needs_shared
@pytest.mark.parametrize("year", YEARS)
def test_the_mainland_agrees_with_another_authors_reading_of_the_notices(year):
    theirs = json.loads((SHARED / "data/calendars" / f"cn_{year}.json").read_text())
    named = {date.fromisoformat(day["date"]): not day["isOffDay"] for day in theirs["days"]}

    for day in _year(year):
        assert CN.is_working_day(day) == named.get(day, day.weekday() < 5), day


@needs_shared
@pytest.mark.parametrize("year", YEARS)
def test_hong_kong_agrees_with_another_authors_list(year):
    """Theirs also names festivals on Sundays, which are no working days anyway."""
    theirs = json.loads((SHARED / "data/calendars/vacanza_HK_COMMON.json").read_text())

    for day in _year(year):
        off = day.weekday() >= 5 or day.isoformat() in theirs
        assert HK.is_working_day(day) != off, day


@pytest.mark.parametrize("year", YEARS)
def test_the_mainland_agrees_with_the_holidays_package(year):
    theirs = holidays.country_holidays("CN", years=year)

    for day in _year(year):
        assert CN.is_working_day(day) == theirs.is_working_day(day), day


@pytest.mark.parametrize("year", YEARS)
def test_hong_kong_agrees_with_the_holidays_package_from_monday_to_friday(year):
    """Theirs lets Saturdays count, and calls the holidays not every employer owes optional."""
    theirs = holidays.country_holidays("HK", years=year, categories=("public", "optional"))

    for day in _year(year):
        expected = day.weekday() < 5 and theirs.is_working_day(day)
        assert HK.is_working_day(day) == expected, day


def test_a_year_not_announced_is_guessed_by_others_and_not_by_us():
    """The package lists New Year's Day of 2027 on the mainland before any notice."""
    assert date(2027, 1, 1) in holidays.country_holidays("CN", years=2027)

    assert CN.is_working_day(date(2027, 1, 1))
    assert not CN.is_announced(2027)


# An operator's years


def test_an_operators_file_announces_the_next_year(tmp_path):
    _write(tmp_path, **NEXT_YEAR)

    calendar = load_calendars(tmp_path)["CN"]

    assert calendar.version.startswith("CN 2026-11-05 ")
    assert not deadline(calendar, date(2026, 12, 20), 20).provisional
    assert calendar.is_working_day(date(2027, 1, 3))


def test_an_operators_file_replaces_ours_of_the_same_year(tmp_path):
    typhoon = date(2026, 8, 31)
    ours = json.loads((OURS / "CN-HK-2026.json").read_text())
    _write(tmp_path, **ours | {"warning_days": [typhoon.isoformat()]})

    calendar = load_calendars(tmp_path)["CN-HK"]

    assert calendar.version.startswith("CN-HK 2026-08-31 ")
    assert calendar.warning_days - HK.warning_days == {typhoon}
    assert calendar.holidays == HK.holidays


def test_a_corrected_file_always_has_another_version(tmp_path):
    ours = json.loads((OURS / "CN-2026.json").read_text())
    _write(tmp_path, **ours)
    same = load_calendars(tmp_path)["CN"]
    _write(tmp_path, **ours | {"make_up_days": ours["make_up_days"][1:]})

    corrected = load_calendars(tmp_path)["CN"]

    assert same.version == CN.version != corrected.version


def test_a_notice_may_reach_back_into_december(tmp_path):
    new_years_eve = {"name": "元旦", "first": "2026-12-31", "last": "2027-01-01"}
    _write(tmp_path, **NEXT_YEAR | {"holidays": [new_years_eve], "make_up_days": []})

    calendar = load_calendars(tmp_path)["CN"]

    assert not calendar.is_working_day(date(2026, 12, 31))


# Files that do not hold


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"colour": "red"}, "unknown field `colour`"),
        ({"zone": None}, r"null` - at `\$.zone`"),
        ({"zone": "Asia/Atlantis"}, "`zone`: no time zone 'Asia/Atlantis'"),
        ({"zone": "../etc/passwd"}, "`zone`: no time zone"),
        ({"zone": "Asia/Hong_Kong"}, "`zone` is Asia/Hong_Kong, in earlier years"),
        ({"calendar": "cn"}, r"at `\$.calendar`"),
        ({"year": "2027"}, r"Expected `int`, got `str` - at `\$.year`"),
        ({"year": 2028}, "not a day of `year` 2028"),
        ({"notices": []}, r"length >= 1 - at `\$.notices`"),
        ({"notices": [{"title": "t"}]}, r"required field `issued` - at `\$.notices\[0\]`"),
        (
            {"notices": [{"title": "t", "issued": "2026-11-05", "by": "x"}]},
            r"unknown field `by` - at `\$.notices\[0\]`",
        ),
        (
            {"holidays": [{"name": "元旦", "first": "2027-01-01", "until": "2027-01-03"}]},
            r"unknown field `until` - at `\$.holidays\[0\]`",
        ),
        ({"holidays": []}, r"length >= 1 - at `\$.holidays`"),
        (
            {"holidays": [{"name": "春节", "first": "2027-02-30"}]},
            r"at `\$.holidays\[0\].first`",
        ),
        (
            {"holidays": [{"name": "春节", "first": "2027-02-08", "last": "2027-02-05"}]},
            r"`last` is before `first` - at `\$.holidays\[0\]`",
        ),
        ({"make_up_days": ["2027-01-05"]}, "`make_up_days`: 2027-01-05 is not a weekend day"),
        ({"make_up_days": ["2027-01-02"]}, "`make_up_days`: 2027-01-02 is not a weekend day"),
        ({"year": 2026}, "2027-01-01 is not a day of `year` 2026"),
        ({"warning_days": ["2026-08-31"]}, "2026-08-31 is not a day of `year` 2027"),
    ],
)
def test_a_bad_file_is_refused_by_its_name_and_field(tmp_path, change, message):
    _write(tmp_path, name="CN-2027.json", **NEXT_YEAR | change)

    with pytest.raises(CalendarError, match=rf"^CN-2027\.json: .*{message}"):
        load_calendars(tmp_path)


@pytest.mark.parametrize("missing", ["calendar", "zone", "year", "notices", "holidays"])
def test_a_file_with_a_field_missing_is_refused_by_its_name_and_field(tmp_path, missing):
    year = {key: value for key, value in NEXT_YEAR.items() if key != missing}
    _write(tmp_path, name="CN-2027.json", **year)

    with pytest.raises(CalendarError, match=rf"^CN-2027\.json: .*`{missing}`"):
        load_calendars(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b'{"calendar": "\xff"}', b"[]", b"\x00"])
def test_a_file_that_is_not_our_json_is_refused_by_its_name(tmp_path, content):
    (tmp_path / "CN-2027.json").write_bytes(content)

    with pytest.raises(CalendarError, match=r"^CN-2027\.json: "):
        load_calendars(tmp_path)


def test_a_file_is_refused_under_another_years_name(tmp_path):
    _write(tmp_path, name="CN-2026.json", **NEXT_YEAR)

    with pytest.raises(CalendarError, match=r"`calendar` and `year` ask for .* CN-2027\.json"):
        load_calendars(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CalendarError, match="nowhere: there is no such folder"):
        load_calendars(tmp_path / "nowhere")


def _write(folder, name=None, **year):
    file = folder / (name or f"{year['calendar']}-{year['year']}.json")
    file.write_text(json.dumps(year))


def _year(year):
    first, last = date(year, 1, 1), date(year, 12, 31)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
