"""Persons at the command line: restricted, lifted, erased, given a copy; and keys exchanged."""

import json
import zipfile
from contextlib import closing
from uuid import uuid4

from ledger.actor import Actor, Channel, Role
from ledger.commands import WithdrawApplication
from ledger.draft import nothing
from ledger.history_events import history_id
from ledger.home import Home
from ledger.locking import held
from ledger.subject_commands import EraseSubject, RestrictSubject
from ledger.subjects import Subjects
from tests.cli.logs import NAME, OURS
from tests.cli.submitting import served
from tests.commands import printed, refused
from tests.ledger.cases import APPLICANT, FORM
from tests.ledger.fakes import Dice
from tests.ledger.ledgers import do
from tests.service.persons import traces

SUBJECT = APPLICANT.principal
BY = ("--id", "7")
STAFF = Actor(role=Role.OPERATOR, id="7", principal="7", channel=Channel.SYSTEM)


def test_a_person_is_restricted_lifted_and_restricted_again(ours):
    restricted = printed(ours, "restrict", SUBJECT, "--basis", "pipl-44", *BY)
    lifted = printed(ours, "lift", SUBJECT, *BY)
    again = json.loads(printed(ours, "restrict", SUBJECT, "--basis", "pipl-47", *BY, "--json"))

    assert f"{SUBJECT}: restricted" in restricted
    assert f"{SUBJECT}: free" in lifted
    assert again["standing"] == "restricted"


def test_whoever_has_an_open_case_is_not_erased(ours):
    printed(ours, "restrict", SUBJECT, "--basis", "pipl-47", *BY)

    assert "open cases" in refused(ours, "erase", SUBJECT, "--basis", "pipl-47", *BY)


def test_whoever_is_not_restricted_is_not_erased(ours):
    assert "restrict this person first" in refused(
        ours, "erase", SUBJECT, "--basis", "pipl-47", *BY
    )


def test_nobody_is_restricted_who_is_not_known(ours):
    said = refused(ours, "restrict", "subject:nobody", "--basis", "pipl-47", *BY)

    assert "nobody is known by this pseudonym" in said


def test_beside_a_server_the_server_is_to_be_asked(ours):
    with Home(ours, Dice()).writing():
        said = refused(ours, "restrict", SUBJECT, "--basis", "pipl-47", *BY)

    assert "ask it" in said
    assert "POST /v1/subjects/SUBJECT/erasure" in said


def test_a_copy_holds_every_entry_opened_and_is_for_its_owner_alone(ours, tmp_path):
    file = tmp_path / "copy.zip"

    printed(ours, "subject-copy", SUBJECT, file)

    assert file.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(file) as archive:
        held = json.loads(archive.read("entries.json"))
    assert held["subject"] == SUBJECT
    assert [entry["event"] for entry in held["entries"]] == [
        "applicant.verified.v1",
        "application.received.v1",
    ]
    assert held["entries"][1]["fields"]["form"] == dict(FORM)
    assert "cannot be made" in refused(ours, "subject-copy", SUBJECT, file)


def test_of_nobody_there_is_no_copy(ours, tmp_path):
    said = refused(ours, "subject-copy", "subject:nobody", tmp_path / "copy.zip")

    assert "nothing is held" in said
    assert list(tmp_path.glob("copy.zip")) == []


def test_a_restricted_persons_fields_are_not_opened_on_the_terminal(ours):
    assert FORM["shop"] in printed(ours, "replay", OURS, "--personal")

    printed(ours, "restrict", SUBJECT, "--basis", "pipl-47", *BY)

    assert FORM["shop"] not in printed(ours, "replay", OURS, "--personal")


def test_who_was_erased_is_not_shown_before_that_is_carried_out(ours, tmp_path):
    # As when it was recorded by another server, or what carries it out was stopped.
    with closing(served(Home(ours, Dice()))) as ledger:
        do(ledger, WithdrawApplication(case_id=OURS, reason="Zzyzx"), APPLICANT)
        for command in (
            RestrictSubject(subject=SUBJECT, basis="pipl-47"),
            EraseSubject(subject=SUBJECT, basis="pipl-47"),
        ):
            Subjects(ledger).give(command, STAFF, command_id=uuid4(), cases=nothing)

    told = [
        printed(ours, *asked, "--personal")
        for asked in (
            ("replay", OURS),
            ("replay", OURS, "--json"),
            ("replay", OURS, "--steps"),
            ("diff", OURS),
        )
    ]

    assert all("erased" in text for text in told)
    assert not any(FORM["shop"] in text or "Zzyzx" in text for text in told)
    assert personal_rows(ours) == [""]
    assert personal_rows(ours, "--position", "3") == [""]
    said = refused(ours, "subject-copy", SUBJECT, tmp_path / "copy.zip")
    assert "was erased" in said
    assert list(tmp_path.glob("copy.zip")) == []


def test_a_view_shows_nothing_personal_of_who_is_restricted(ours):
    before = personal_rows(ours)

    printed(ours, "restrict", SUBJECT, "--basis", "pipl-47", *BY)

    assert before != [""]
    assert personal_rows(ours) == personal_rows(ours, "--position", "3") == [""]


def test_of_an_imported_case_that_is_restricted_nothing_is_opened_either(town):
    case = ("town/A", "--personal")
    opened = [printed(town, command, *case) for command in ("replay", "diff")]
    with closing(served(Home(town, Dice()))) as ledger:
        subject = f"history:{history_id('town', 'A').hex}"
        restrict = RestrictSubject(subject=subject, basis="pipl-47")
        Subjects(ledger).give(restrict, STAFF, command_id=uuid4(), cases=nothing)

    hidden = [printed(town, command, *case) for command in ("replay", "diff")]

    assert all(NAME in text for text in opened)
    assert not any(NAME in text for text in hidden)
    assert all("restricted" in text for text in hidden)


def personal_rows(folder, *options):
    rows = json.loads(printed(folder, "view", "search", "--personal", "--json", *options))
    return [row["personal"] for row in rows["search"]]


def test_an_erasure_that_is_stuck_says_so_and_keeps_nobody_from_the_next_command(ours):
    with closing(served(Home(ours, Dice()))) as ledger:
        do(ledger, WithdrawApplication(case_id=OURS), APPLICANT)
        ledger.keys.create(["another"])
    printed(ours, "cases")
    printed(ours, "restrict", SUBJECT, "--basis", "pipl-47", *BY)

    with held(ours / "views" / "search.lock", "rebuilt by another"):
        said = refused(ours, "erase", SUBJECT, "--basis", "pipl-47", *BY)
        another = printed(ours, "restrict", "another", "--basis", "pipl-47", *BY)
    printed(ours, "lift", "another", *BY)

    assert "and not carried out yet" in said
    assert "another: restricted" in another
    assert traces(ours / "views", FORM["shop"]) == []


def test_the_master_key_is_exchanged_and_nothing_is_lost(ours):
    home = Home(ours, Dice())
    before, made_at = home.secret("master"), home.made_at
    opened = printed(ours, "replay", OURS, "--personal")

    printed(ours, "rotate-master")

    assert home.secret("master") != before
    assert home.made_at == made_at
    assert not home.following("master").exists()
    assert printed(ours, "replay", OURS, "--personal") == opened
    assert not any(before in file.read_bytes() for file in ours.rglob("*") if file.is_file())


def test_the_logs_key_is_exchanged_and_what_the_old_one_signed_still_holds(ours):
    home = Home(ours, Dice())
    with closing(served(home)) as ledger:
        ledger.published.sign_head()
        [old] = ledger.published.keys.records
        bundle = ledger.published.bundle(2)
    secret = home.secret("log")

    printed(ours, "rotate-log-key")
    printed(ours, "rotate-log-key")

    assert home.secret("log") != secret
    printed(ours, "verify")
    with closing(served(home)) as ledger:
        records = ledger.published.keys.records
        assert len(records) == 3
        assert records[0].public_key == old.public_key
        assert [record.revoked_at is None for record in records] == [False, False, True]
        assert ledger.published.checkpoint()
        assert ledger.published.bundle(2) != bundle


def test_a_log_key_that_the_log_does_not_know_is_refused(ours):
    printed(ours, "rotate-log-key")
    (ours / "keys" / "log").write_bytes(bytes(range(32)))

    said = refused(ours, "restrict", SUBJECT, "--basis", "pipl-47", *BY)

    assert "not a key that this log goes on with" in said


def test_a_person_whose_case_is_over_is_erased_and_the_log_still_verifies(ours):
    with closing(served(Home(ours, Dice()))) as ledger:
        do(ledger, WithdrawApplication(case_id=OURS, reason="Zzyzx"), APPLICANT)
    opened = printed(ours, "replay", OURS, "--personal")
    printed(ours, "cases")
    printed(ours, "restrict", SUBJECT, "--basis", "pipl-47", *BY)

    erased = printed(ours, "erase", SUBJECT, "--basis", "pipl-47", *BY)

    assert FORM["shop"] in opened
    assert f"{SUBJECT}: erased" in erased
    assert "erased" in printed(ours, "replay", OURS, "--personal")
    assert traces(ours, FORM["shop"], "Zzyzx") == []
    printed(ours, "verify")
    assert "was erased" in refused(ours, "lift", SUBJECT, *BY)


def test_what_would_go_by_itself_is_listed_ahead_and_nothing_is_changed(ours):
    with closing(served(Home(ours, Dice()))) as ledger:
        do(ledger, WithdrawApplication(case_id=OURS, reason="Zzyzx"), APPLICANT)
        head = ledger.head

    soon = json.loads(printed(ours, "retention", "--json"))
    [ahead] = json.loads(printed(ours, "retention", "--until", "2100-01-01", "--json"))
    shown = printed(ours, "retention", "--until", "2100-01-01")

    assert soon == []
    assert (ahead["subject"], ahead["what"], ahead["held_by"]) == (SUBJECT, "erase", [])
    assert ahead["last_day"].endswith("-12-31")
    assert "persons: 1, up to 2100-01-01" in shown
    assert "Zzyzx" not in shown
    with closing(served(Home(ours, Dice()))) as ledger:
        assert ledger.head == head
