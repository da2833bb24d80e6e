"""A backup is made beside a writer, whole or not at all, and brings back what there was."""

import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from threading import Event
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from ledger.databases import Session
from ledger.errors import HomeBusy
from ledger.home import SECRETS
from ledger.keeping import BackupRefused, Source, back_up
from ledger.keeping.folders import appearing
from ledger.opening import all_views
from ledger.projections.follower import Follower
from tests.ledger.cases import FORM
from tests.ledger.keeping.homes import PDF, Kept, held_in, name_in, restored

SECONDS = 20


def test_what_was_kept_comes_back_with_its_persons_and_their_materials(kept, tmp_path):
    case_id = kept.submit("s-ann")
    made = kept.back_up()

    done = restored(made, tmp_path / "new")

    assert done.manifest.position == kept.ledger.head
    assert done.manifest.root == kept.ledger.published.root(kept.ledger.head)
    assert FORM in name_in(tmp_path / "new", case_id)
    assert held_in(tmp_path / "new", "s-ann") == [kept.upload("s-ann")]


def test_a_backup_during_load_agrees_with_the_live_home_in_every_view(kept, tmp_path):
    stop, begun = Event(), Event()

    def load() -> int:
        number = 0
        while not stop.is_set():
            number += 1
            # Somebody new each time: whoever is in the copy of the log is among the keys.
            kept.submit(f"s-{number}")
            begun.set()
        return number

    follower = Follower(kept.ledger, kept.home.views, all_views(kept.ledger))
    with closing(follower), ThreadPoolExecutor() as threads:
        following, loading = threads.submit(follower.run, stop), threads.submit(load)
        try:
            assert begun.wait(SECONDS)
            made = kept.back_up()
            found = kept.drill(made)
        finally:
            stop.set()
            kept.ledger.wake()
        assert loading.result(SECONDS)
        following.result(SECONDS)

    assert found.problems == ()
    assert {each.view for each in found.views} == {v.name for v in all_views(kept.ledger)}
    assert 0 < found.position <= found.live_position
    assert kept.drill(made).passed
    assert restored(made, tmp_path / "new").manifest.position == found.position


class SomebodyComes:
    """A log to which somebody new is added just before it is read."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self.cases: list[UUID] = []

    @contextmanager
    def reading(self) -> Iterator[Session]:
        self.cases.append(self._kept.submit("s-late"))
        with self._kept.ledger.recorder.database.reading() as session:
            yield session


def test_whoever_comes_before_the_log_is_copied_has_their_key_among_the_keys(kept, tmp_path):
    comes, ledger = SomebodyComes(kept), kept.ledger
    kept.submit("s-ann")
    ledger.published.sign_head()
    beside: Any = SimpleNamespace(
        recorder=SimpleNamespace(database=comes), published=ledger.published, now=ledger.now
    )
    made = tmp_path / "backup", tmp_path / "backup-keys"

    back_up(Source(home=kept.home, ledger=beside, materials=kept.home.materials), *made)
    restored(made, tmp_path / "new")

    [case_id] = comes.cases
    assert FORM in name_in(tmp_path / "new", case_id)


def test_the_keys_lie_apart_and_the_log_holds_none_of_them(kept):
    folder, keys = kept.back_up()

    assert {path.name for path in keys.iterdir()} >= {*SECRETS, "subjects.sqlite", "manifest"}
    secrets = [kept.home.secret(name) for name in SECRETS]
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(secret in content for secret in secrets), path


def test_nobody_is_found_by_name_in_either_part(kept):
    folder, keys = kept.back_up()

    for path in [*folder.rglob("*"), *keys.rglob("*")]:
        if path.is_file():
            assert next(iter(FORM.values())).encode() not in path.read_bytes()
            assert PDF not in path.read_bytes()


def test_a_backup_never_lies_over_another(kept):
    made = kept.back_up()
    before = (made[0] / "manifest").read_bytes()

    with pytest.raises(BackupRefused, match="there already"):
        kept.back_up()

    assert (made[0] / "manifest").read_bytes() == before


@pytest.mark.parametrize("name", ["home/backup", "backup/keys"])
def test_home_backup_and_keys_lie_apart(kept, tmp_path, name):
    source = Source(home=kept.home, ledger=kept.ledger, materials=kept.home.materials)

    with pytest.raises(BackupRefused, match="apart"):
        back_up(source, tmp_path / "backup", tmp_path / name)


def test_a_log_without_its_signed_head_is_not_kept(kept, tmp_path):
    kept.ledger.published.sign_head()
    kept.home.checkpoint.unlink()
    source = Source(home=kept.home, ledger=kept.ledger, materials=kept.home.materials)

    with pytest.raises(BackupRefused, match="no signed head"):
        back_up(source, tmp_path / "backup", tmp_path / "keys")


def test_what_was_cut_short_is_cleared_and_begun_anew(kept, tmp_path):
    left = tmp_path / "backup.part"
    left.mkdir()
    (left / "ledger.sqlite").write_bytes(b"half")
    (left / "materials").mkdir()

    folder, _ = kept.back_up()

    assert not left.exists()
    assert (folder / "ledger.sqlite").stat().st_size > len(b"half")


def test_a_backup_that_fails_leaves_nothing(kept, tmp_path):
    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(BackupRefused, match="No space left on device"):
        kept.back_up(watch=broken)

    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_two_backups_at_once_into_one_folder_are_told_apart(kept, tmp_path):
    with appearing(tmp_path / "backup"), pytest.raises(HomeBusy, match="another process"):
        kept.back_up()


def test_materials_of_an_earlier_backup_are_linked_and_changed_ones_copied(kept):
    first, _ = kept.back_up("monday")
    kept.upload("s-ben", PDF + b"\n")

    second, _ = kept.back_up("tuesday", base=first)

    inodes = {path.stat().st_ino for path in first.rglob("materials/*/*")}
    links = [path.stat().st_ino in inodes for path in second.rglob("materials/*/*")]
    assert sorted(links) == [False, True]


def test_a_copy_that_went_bad_in_the_earlier_backup_is_not_linked_to(kept, tmp_path):
    first, _ = kept.back_up("monday")
    [material] = first.rglob("materials/*/*")
    found = material.stat()
    material.write_bytes(bytes(found.st_size))
    os.utime(material, ns=(found.st_mtime_ns, found.st_mtime_ns))

    made = kept.back_up("tuesday", base=first)

    restored(made, tmp_path / "new")
    assert held_in(tmp_path / "new", "s-ann")


def test_a_file_of_settings_which_may_hold_passwords_is_left_out(kept):
    (kept.home.folder / "tongban.toml").write_text('[iamsmart]\nsecret = "a password"\n')

    folder, keys = kept.back_up()

    for path in [*folder.rglob("*"), *keys.rglob("*")]:
        assert path.is_dir() or b"a password" not in path.read_bytes(), path


def test_what_is_only_on_its_way_through_a_home_is_left_out(kept):
    (kept.home.folder / "orders").mkdir()
    (kept.home.folder / "orders" / "a.json").write_text("{}")

    folder, _ = kept.back_up()

    assert not (folder / "orders").exists()


def test_a_file_that_is_taken_away_before_it_is_copied_is_not_missed(kept, tmp_path):
    # It is listed, and cannot be found when its turn comes.
    (kept.home.folder / "gone.json").symlink_to(tmp_path / "nowhere")

    made = kept.back_up()

    assert restored(made, tmp_path / "new")
    assert not (tmp_path / "new" / "gone.json").exists()


def test_an_sqlite_file_of_another_part_is_kept_as_it_is_at_one_moment(kept, tmp_path):
    path = kept.home.folder / "other.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE things (thing TEXT)")
        db.execute("INSERT INTO things VALUES ('kept')")
        db.commit()
        made = kept.back_up()

    restored(made, tmp_path / "new")

    with closing(sqlite3.connect(tmp_path / "new" / "other.sqlite")) as db:
        assert db.execute("SELECT thing FROM things").fetchall() == [("kept",)]
