"""A data folder: made on the first start, one writer at a time, and no secret ever remade."""

import subprocess
import sys
from pathlib import Path

import pytest

from ledger.actor import Actor, Role
from ledger.commands import (
    AcceptApplication,
    Command,
    RefuseCase,
    RequestCorrection,
    ReviewCase,
    SubmitApplication,
    SubmitCorrection,
)
from ledger.errors import HomeBusy, HomeUnusable
from ledger.home import SECRETS, Home
from ledger.opening import all_views, open_ledger
from ledger.projections.follower import Follower
from tests.ledger.cases import APPLICANT, CASE, NOON, files, official
from tests.ledger.fakes import Dice
from tests.ledger.ledgers import SetClock, do

ROOT = Path(__file__).resolve().parents[2]
ITEM = "gd.zhaoqing.food-operation-licence"
NAME, ADDRESS, DEFICIENCY, FINDING, REASON = PERSONAL = (
    "Chan Tai Man 陈大文",
    "1 Made-up Street 某街一号",
    "the signature of Chan Tai Man is missing",
    "a leak in the kitchen of Chan Tai Man",
    "Chan Tai Man has no kitchen",
)
HOLD = """
import sys
from pathlib import Path
from ledger.home import Home
with Home(Path(sys.argv[1]), bytes).writing():
    print("writing", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home", Dice())


def ledger_of(home):
    return open_ledger(home, clock=lambda: NOON, random=Dice())


def test_a_home_is_made_with_room_for_everything(home):
    ledger_of(home).close()

    assert home.log.is_file()
    assert {path.name for path in home.keys.iterdir() if path.suffix == ""} == set(SECRETS)
    assert home.materials.is_dir()
    assert home.views.is_dir()


def test_nobody_else_may_look_into_a_home(home):
    secret = home.secret("master")

    assert home.folder.stat().st_mode & 0o077 == 0
    assert (home.keys / "master").stat().st_mode & 0o077 == 0
    assert len(secret) == 32


def test_a_secret_stays_as_it_was_made(home):
    first, another = home.secret("master"), home.secret("fingerprints")

    again = Home(home.folder, Dice())

    assert again.secret("master") == first != another


def test_a_start_that_was_cut_short_does_not_matter_to_the_next(tmp_path):
    keys = tmp_path / "home" / "keys"

    def cut_short(size):
        raise InterruptedError

    with pytest.raises(HomeUnusable):
        Home(tmp_path / "home", cut_short)
    (keys / ".master.unfinished").write_bytes(b"half")

    home = Home(tmp_path / "home", Dice())

    assert [len(home.secret(name)) for name in SECRETS] == [32] * len(SECRETS)


def test_two_first_starts_at_once_agree(tmp_path):
    others = Dice()

    def meanwhile(size):
        """While the first start makes a secret, another start makes all of them."""
        held.append(Home(tmp_path, others))
        return b"late".ljust(size)

    held: list[Home] = []
    first = Home(tmp_path, meanwhile)

    assert held
    assert [first.secret(n) for n in SECRETS] == [held[0].secret(n) for n in SECRETS]
    assert first.secret("master") != b"late".ljust(32)
    assert {path.name for path in first.keys.iterdir()} == set(SECRETS)


@pytest.mark.parametrize("name", ["master", "fingerprints"])
def test_a_lost_secret_is_not_made_again_once_the_log_has_begun(home, name):
    ledger_of(home).close()
    (home.keys / name).unlink()

    with pytest.raises(HomeUnusable, match=f"keys/{name} is missing .* restore"):
        ledger_of(home)

    assert not (home.keys / name).exists()


def test_lost_subject_keys_are_not_made_again_once_the_log_has_begun(home):
    ledger_of(home).close()
    for path in home.keys.glob("subjects.sqlite*"):
        path.unlink()

    with pytest.raises(HomeUnusable, match=r"keys/subjects\.sqlite is missing .* restore"):
        ledger_of(home)

    assert not (home.keys / "subjects.sqlite").exists()


@pytest.mark.parametrize("shared", [False, True])
def test_an_empty_store_of_keys_does_not_erase_everybody_of_a_log_that_has_begun(
    home, shared, request
):
    ledger_of(home).close()
    uri = request.getfixturevalue("postgres_database") if shared else None
    for path in home.keys.glob("subjects.sqlite*"):
        path.unlink()
    (home.keys / "subjects.sqlite").touch()

    for _ in range(2):
        with pytest.raises(HomeUnusable, match="the same TONGBAN_KEYS"):
            open_ledger(home, clock=SetClock(), random=Dice(), keys=uri)


@pytest.mark.parametrize("content", [b"", b"x" * 31, b"x" * 33])
def test_a_damaged_secret_is_not_used(home, content):
    (home.keys / "master").write_bytes(content)

    with pytest.raises(HomeUnusable, match="keys/master is not 32 bytes"):
        home.secret("master")


def test_a_folder_that_cannot_be_made_is_said_to_be_so(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(HomeUnusable, match="cannot be used"):
        Home(tmp_path / "file" / "home", Dice())


def test_a_second_process_is_told_that_the_home_is_busy(home):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home.folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"writing\n"
        with pytest.raises(HomeBusy, match="written by another process"), home.writing():
            pass

    with home.writing():
        pass


def test_a_home_is_free_again_after_its_writer_failed(home):
    with pytest.raises(KeyError), home.writing():
        raise KeyError

    with home.writing():
        pass


def test_no_personal_value_lies_in_any_file_of_a_home(home):
    ledger = ledger_of(home)
    _a_case_full_of_secrets(ledger)
    follower = Follower(ledger, home.views, all_views(ledger))
    follower.catch_up()

    paths = [path for path in home.folder.rglob("*") if path.is_file()]
    held = b"".join(path.read_bytes() for path in paths)

    assert {"ledger.sqlite", "ledger.sqlite-wal", "subjects.sqlite"} <= {p.name for p in paths}
    assert b"application.received.v1" in held
    for value in PERSONAL:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            assert value.encode(encoding) not in held
    follower.close()
    ledger.close()


def test_a_ledger_that_is_closed_lets_go_of_its_log(home):
    ledger_of(home).close()

    assert [path.name for path in home.folder.glob("ledger.sqlite*")] == ["ledger.sqlite"]


def test_what_is_sealed_opens_again_after_a_restart(home):
    ledger = ledger_of(home)
    entries = _a_case_full_of_secrets(ledger)
    ledger.close()

    again = ledger_of(home)

    assert again.entries(CASE) == entries
    assert entries[1].event.form["name"] == NAME
    again.close()


def _a_case_full_of_secrets(ledger):
    authority = "gd.zhaoqing.market-regulation"
    roles = (Role.CLERK, Role.REVIEWER, Role.APPROVER)
    clerk, reviewer, approver = (official(role, authority) for role in roles)
    held = files("application-form", "layout-plan", "food-safety-rules", "premises-proof")
    form = {"name": NAME, "address": ADDRESS}
    steps: list[tuple[Command, Actor]] = [
        (SubmitApplication(case_id=CASE, item=ITEM, form=form, materials=held), APPLICANT),
        (RequestCorrection(case_id=CASE, deficiencies={"form": DEFICIENCY}), clerk),
        (SubmitCorrection(case_id=CASE, form=form), APPLICANT),
        (AcceptApplication(case_id=CASE), clerk),
        (ReviewCase(case_id=CASE, recommendation="refuse", findings=FINDING), reviewer),
        (RefuseCase(case_id=CASE, reasons=REASON), approver),
    ]
    for command, actor in steps:
        do(ledger, command, actor)
    return ledger.entries(CASE)
