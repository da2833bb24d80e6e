"""Nothing becomes a home that is not what was signed, and who was erased stays so."""

import json
import shutil
from contextlib import closing

import pytest

from ledger.errors import HomeUnusable
from ledger.home import Home
from ledger.keeping import BackupRefused
from ledger.standing_list import StandingList, read_listed
from ledger.subject_commands import LiftRestriction, RestrictSubject
from ledger.subject_events import Standing
from tests.ledger.cases import FORM
from tests.ledger.fakes import Dice
from tests.ledger.keeping.homes import Kept, held_in, name_in, opening, restored


def spoil(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["ledger.sqlite", "checkpoint", "files", "manifest"])
def test_a_file_that_was_altered_refuses_the_whole(kept, tmp_path, name):
    made = kept.back_up()
    spoil(made[0] / name)

    with pytest.raises(BackupRefused):
        restored(made, tmp_path / "new")

    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "new.part").exists()


@pytest.mark.parametrize("name", ["master", "subjects.sqlite", "log", "manifest"])
def test_a_key_that_was_altered_refuses_the_whole(kept, tmp_path, name):
    made = kept.back_up()
    spoil(made[1] / name)

    with pytest.raises(BackupRefused):
        restored(made, tmp_path / "new")

    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["manifest", "ledger.sqlite", "checkpoint"])
def test_half_a_backup_is_none(kept, tmp_path, name):
    made = kept.back_up()
    (made[0] / name).unlink()

    with pytest.raises(BackupRefused, match=r"no whole backup|missing"):
        restored(made, tmp_path / "new")


def test_a_missing_key_is_named(kept, tmp_path):
    made = kept.back_up()
    (made[1] / "master").unlink()

    with pytest.raises(BackupRefused, match="master is missing"):
        restored(made, tmp_path / "new")


def test_what_no_list_names_is_not_brought_in(kept, tmp_path):
    made = kept.back_up()
    (made[0] / "partners").mkdir(exist_ok=True)
    (made[0] / "partners" / "CN-XX.json").write_text("{}")

    with pytest.raises(BackupRefused, match="in no list"):
        restored(made, tmp_path / "new")


def test_a_list_made_by_somebody_else_is_refused_by_its_signature(kept, tmp_path):
    made = kept.back_up()
    note = (made[0] / "manifest").read_text()
    (made[0] / "manifest").write_text(note.replace("made 20", "made 19"))

    with pytest.raises(BackupRefused, match="not signed by its log"):
        restored(made, tmp_path / "new")


def test_the_keys_of_another_home_do_not_open_it(kept, tmp_path):
    other = Kept(tmp_path / "other")
    with closing(other):
        other.home.keys.joinpath("log").write_bytes(Dice()(32))
    other = Kept(tmp_path / "other2")
    with closing(other):
        _, keys = other.back_up()
    log, _ = kept.back_up()

    with pytest.raises(BackupRefused, match=r"before the log|not hold|signed"):
        restored((log, keys), tmp_path / "new")


def test_a_home_that_is_not_empty_is_left_alone(kept, tmp_path):
    made = kept.back_up()
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "something").write_text("of somebody")

    with pytest.raises(BackupRefused, match="there already"):
        restored(made, tmp_path / "new")

    assert [path.name for path in (tmp_path / "new").iterdir()] == ["something"]


def test_keys_kept_later_do_and_earlier_ones_do_not(kept, tmp_path):
    early, early_keys = kept.back_up("early")
    case_id = kept.submit("s-new")
    late, late_keys = kept.back_up("late")

    restored((early, late_keys), tmp_path / "new")
    with pytest.raises(BackupRefused, match="before the log"):
        restored((late, early_keys), tmp_path / "newer")

    assert name_in(tmp_path / "new", case_id) == []


def test_an_erasure_since_is_repeated_from_the_list_that_outlasted_the_home(kept, tmp_path):
    case_id = kept.submit("s-ann")
    made = kept.back_up()
    kept.erase("s-ann")
    outlasting = shutil.copy(kept.home.erasures, tmp_path / "erasures")

    done = restored(made, tmp_path / "new", listed=read_listed(outlasting))

    assert (done.repeated.recorded, done.repeated.left) == (2, ())
    assert FORM not in name_in(tmp_path / "new", case_id)
    assert held_in(tmp_path / "new", "s-ann") == []
    assert not any((tmp_path / "new" / "materials").iterdir())
    with closing(opening(Home(tmp_path / "new", Dice()))) as ledger:
        assert ledger.standing("s-ann") is Standing.ERASED
        assert ledger.standing("s-ben") is Standing.FREE


def test_without_the_list_the_erased_person_is_there_again(kept, tmp_path):
    case_id = kept.submit("s-ann")
    made = kept.back_up()
    kept.erase("s-ann")

    restored(made, tmp_path / "new")

    assert FORM in name_in(tmp_path / "new", case_id)


def test_restrictions_and_their_end_are_repeated_in_their_order(kept, tmp_path):
    made = kept.back_up()
    kept.give(RestrictSubject(subject="s-ann", basis="pipl-44"))
    kept.give(LiftRestriction(subject="s-ann"))
    kept.give(RestrictSubject(subject="s-ben", basis="pipl-44"))
    kept.eraser.finish()

    restored(made, tmp_path / "new", listed=read_listed(kept.home.erasures))

    with closing(opening(Home(tmp_path / "new", Dice()))) as ledger:
        assert ledger.standing("s-ann") is Standing.FREE
        assert ledger.standing("s-ben") is Standing.RESTRICTED


def test_who_was_erased_before_we_kept_them_is_given_no_key_again(kept, tmp_path):
    made = kept.back_up()
    kept.submit("s-late")
    kept.erase("s-late")

    restored(made, tmp_path / "new", listed=read_listed(kept.home.erasures))

    with closing(opening(Home(tmp_path / "new", Dice()))) as ledger:
        ledger.keys.create(["s-late"])
        assert ledger.keys.key("s-late") is None


def test_the_list_is_durable_before_a_key_is_destroyed(kept):
    def gone(*_: object) -> None:
        raise HomeUnusable("the list cannot be written")

    kept.eraser._listing = gone
    with pytest.raises(HomeUnusable):
        kept.erase("s-ann")

    assert kept.ledger.keys.key("s-ann") is not None


def test_a_line_of_the_list_that_was_cut_short_is_written_again(kept):
    kept.erase("s-ann")
    whole = kept.home.erasures.read_bytes()
    kept.home.erasures.write_bytes(whole[:-20])

    StandingList(kept.home.erasures).catch_up(kept.ledger)

    assert kept.home.erasures.read_bytes() == whole
    assert [json.loads(line)["position"] for line in whole.splitlines()] == [6, 7]


def test_a_list_in_a_place_that_cannot_hold_it_is_refused_before_anything_is_listed(
    kept, tmp_path
):
    away = tmp_path / "away" / "erasures"

    with pytest.raises(HomeUnusable, match="No such file or directory; let TONGBAN_ERA") as no:
        StandingList(away).catch_up(kept.ledger)

    assert str(away) in str(no.value)


def test_a_list_that_was_lost_meanwhile_is_written_again_from_its_beginning(kept):
    kept.erase("s-ann")
    whole = kept.home.erasures.read_bytes()
    kept.home.erasures.unlink()

    kept.list.catch_up(kept.ledger)

    assert kept.home.erasures.read_bytes() == whole


def test_a_home_put_back_to_before_an_erasure_is_noticed_by_its_list(kept, tmp_path):
    made = kept.back_up()
    kept.erase("s-ann")
    restored(made, tmp_path / "new")

    with (
        closing(opening(Home(tmp_path / "new", Dice()))) as ledger,
        pytest.raises(HomeUnusable, match="put back to an earlier state"),
    ):
        StandingList(kept.home.erasures).catch_up(ledger)
