"""Keys are exchanged, and whatever cuts that short, no key is lost and it can be ended."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from time import sleep

import pytest

from cose import Ed25519Signer
from ledger.errors import HomeUnusable
from ledger.home import Home
from ledger.log_keys import (
    check_log_key,
    end_log_rotation,
    enrol_first_key,
    known_keys,
    rotate_log_key,
)
from ledger.opening import ORIGIN, open_ledger
from ledger.opening_keys import end_rotation, open_subject_keys, rotate_master
from ledger.published import PublishedLog
from ledger.transparency import BundleRefused, LogKeys, verify_bundle
from tests.ledger.fakes import Dice
from tests.ledger.ledgers import SetClock, check_log

SUBJECTS = ["subject-1", "subject-2", "subject-3"]


@pytest.fixture
def dice():
    return Dice()


@pytest.fixture
def home(tmp_path, dice):
    home = Home(tmp_path / "home", dice)
    ledger_of(home, dice).close()
    return home


def ledger_of(home, dice):
    return open_ledger(home, clock=SetClock(home.made_at.replace(year=2027)), random=dice)


def keys_of(home, dice):
    with closing(open_subject_keys(home, dice)) as keys:
        keys.create(SUBJECTS)
        return [keys.key(subject) for subject in SUBJECTS]


def known_to(ledger):
    return known_keys(ledger.recorder, ledger.codec, ORIGIN)


def rotated(home, dice):
    with closing(ledger_of(home, dice)) as ledger:
        rotate_log_key(home, ledger)
    with closing(ledger_of(home, dice)) as ledger:
        end_log_rotation(home, ledger.published.keys.records)
        ledger.published.sign_anew()


# The master key


@pytest.mark.parametrize("after", ["nothing", "making the new one", "wrapping", "destroying"])
def test_an_exchange_of_the_master_key_that_was_cut_short_is_ended(home, dice, after):
    given, old, made_at = keys_of(home, dice), home.secret("master"), home.made_at
    if after != "nothing":
        new = home.prepare("master")
    if after in ("wrapping", "destroying"):
        with closing(open_subject_keys(home, dice)) as keys:
            keys.rewrap(new)
    if after == "destroying":
        (home.keys / "master").write_bytes(bytes(32))

    assert keys_of(home, dice) == given
    rotate_master(home, dice)

    assert keys_of(home, dice) == given
    assert home.secret("master") not in (old, bytes(32))
    assert not home.following("master").exists()
    assert after == "destroying" or home.made_at == made_at


def test_a_start_ends_an_exchange_whose_keys_are_wrapped_anew(home, dice):
    given = keys_of(home, dice)
    new = home.prepare("master")
    end_rotation(home, dice)
    waiting = home.following("master").exists()
    with closing(open_subject_keys(home, dice)) as keys:
        keys.rewrap(new)

    end_rotation(home, dice)

    assert waiting
    assert home.secret("master") == new
    assert keys_of(home, dice) == given


def test_no_file_of_the_home_holds_the_old_master_key(home, dice):
    keys_of(home, dice)
    old = home.secret("master")

    rotate_master(home, dice)

    assert not any(
        old in file.read_bytes() for file in home.folder.rglob("*") if file.is_file()
    )


def test_a_backup_from_before_the_exchange_does_not_open_with_the_new_key(home, dice):
    keys_of(home, dice)
    backup = home.subject_keys().read_bytes()
    rotate_master(home, dice)
    home.subject_keys().write_bytes(backup)

    with pytest.raises(HomeUnusable, match="does not open with this master key"):
        keys_of(home, dice)


# The log's key


def test_the_log_tells_the_key_it_is_signed_with_once(home, dice):
    with closing(ledger_of(home, dice)) as ledger:
        enrol_first_key(ledger)
        enrol_first_key(ledger)

        assert known_to(ledger) == ledger.published.keys.records
        assert len(known_to(ledger)) == 1
        check_log(ledger)


@pytest.mark.parametrize("is_same_key", [True, False])
def test_of_two_first_starts_at_once_one_tells_its_key(home, dice, is_same_key):
    with (
        closing(ledger_of(home, dice)) as one,
        closing(sqlite3.connect(home.log, isolation_level=None)) as held,
        ThreadPoolExecutor() as pool,
    ):
        if not is_same_key:
            (home.keys / "log").write_bytes(bytes(range(32)))
        with closing(ledger_of(home, dice)) as other:
            held.execute("BEGIN IMMEDIATE")
            starts = [pool.submit(enrol_first_key, each) for each in (one, other)]
            sleep(0.3)
            held.execute("ROLLBACK")
            problems = [start.exception() for start in starts]

        assert len(known_to(one)) == 1
        check_log(one)
    refused = [problem for problem in problems if problem is not None]
    assert [type(problem) for problem in refused] == ([] if is_same_key else [HomeUnusable])


def test_what_a_retired_key_signed_holds_and_what_it_signs_now_does_not(home, dice):
    with closing(ledger_of(home, dice)) as ledger:
        enrol_first_key(ledger)
        kept = ledger.published.bundle(1)
    old = Ed25519Signer(home.secret("log"))
    clock = SetClock(home.made_at.replace(year=2028))

    with closing(open_ledger(home, clock=clock, random=dice)) as ledger:
        rotate_log_key(home, ledger)
    with closing(open_ledger(home, clock=clock, random=dice)) as ledger:
        end_log_rotation(home, known_to(ledger))
        ledger.published.sign_anew()
        clock.now = clock.now.replace(year=2029)
        keys = LogKeys(ORIGIN, known_to(ledger))
        made = ledger.published.bundle(1)
        known = keys.records
        thief = PublishedLog(
            ledger.recorder, origin=ORIGIN, signer=old, keys=known, path=None, clock=clock
        )
        thief.sign_head()
        forged = thief.bundle(1)

    assert verify_bundle(kept, keys).entry == verify_bundle(made, keys).entry
    with pytest.raises(BundleRefused):
        verify_bundle(forged, keys)


@pytest.mark.parametrize("after", ["making the new one", "recording", "destroying"])
def test_an_exchange_of_the_logs_key_that_was_cut_short_is_ended(home, dice, after):
    home.prepare("log")
    if after != "making the new one":
        with closing(ledger_of(home, dice)) as ledger:
            rotate_log_key(home, ledger)
    if after == "destroying":
        (home.keys / "log").write_bytes(bytes(32))
    new = home.following("log").read_bytes()

    with closing(ledger_of(home, dice)) as ledger:
        check_log_key(home, ledger)
        end_log_rotation(home, known_to(ledger))
    if after == "making the new one":
        rotated(home, dice)

    assert home.secret("log") == new
    with closing(ledger_of(home, dice)) as ledger:
        assert [key.revoked_at is None for key in known_to(ledger)] == [False, True]
        assert ledger.published.problem() is None
        check_log(ledger)


def test_a_key_the_log_does_not_know_or_has_retired_may_not_sign(home, dice):
    retired = home.secret("log")
    rotated(home, dice)

    for secret in (retired, bytes(range(32))):
        (home.keys / "log").write_bytes(secret)
        with (
            closing(ledger_of(home, dice)) as ledger,
            pytest.raises(HomeUnusable, match="not a key that this log goes on with"),
        ):
            check_log_key(home, ledger)
