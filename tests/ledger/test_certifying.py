"""A view is certified only if it is the fold of the log, and held against it ever after."""

import sqlite3
from contextlib import closing

import pytest

from cose import Ed25519Signer
from ledger.errors import HomeBusy, NotCertified, ViewNotFound
from ledger.locking import held
from ledger.opening import all_views
from ledger.projections.certifying import Certificates, certificate_findings
from ledger.projections.follower import rebuild
from ledger.transparency import Certificate, make_certificate, verify_certificate
from tests.ledger.following import Failing, Steps, a_case, read
from tests.ledger.ledgers import opened


@pytest.fixture
def signed(tmp_path):
    return tmp_path / "certificates"


@pytest.fixture
def certificates(ledger, folder, signed, follow):
    a_case(ledger)
    follow(Steps(), *all_views(ledger)).catch_up()
    return Certificates(ledger, signed, folder)


def findings(ledger, signed, *views):
    return list(certificate_findings(ledger, signed, views or [Steps()]))


def test_a_view_is_certified_up_to_where_it_reaches(ledger, folder, certificates):
    made = certificates.certify(Steps())

    reached, digest = read(folder, Steps())
    assert (made.view, made.version, made.size) == ("steps", 1, reached)
    assert made.digest.hex() == digest
    assert made.root == ledger.recorder.frontier().root
    assert verify_certificate(certificates.find("steps"), ledger.published.keys) == made


def test_every_view_without_personal_data_can_be_certified(ledger, signed, certificates):
    views = [view for view in all_views(ledger) if not view.personal]

    for view in views:
        certificates.certify(view)

    assert {path.stem for path in signed.glob("*.cose")} == {view.name for view in views}
    assert findings(ledger, signed, *views) == []


def test_an_older_certificate_still_holds_when_the_log_has_grown(ledger, signed, certificates):
    certificates.certify(Steps())
    a_case(ledger, 2)

    assert findings(ledger, signed) == []


def test_a_certificate_made_meanwhile_is_no_false_alarm(
    ledger, database, clock, signed, certificates, follow
):
    beside = opened(database, clock)
    a_case(ledger, 2)
    follow(Steps()).catch_up()
    certificates.certify(Steps())

    assert findings(beside, signed) == []


def test_certifying_again_replaces_the_certificate(ledger, signed, certificates, follow):
    certificates.certify(Steps())
    a_case(ledger, 2)
    follow(Steps()).catch_up()

    certificates.certify(Steps())

    latest = certificates.latest("steps")
    assert latest is not None
    assert latest.size == ledger.head
    assert [path.name for path in signed.glob("*.cose*")] == ["steps.cose"]


def test_rows_that_are_not_the_fold_are_not_certified(folder, signed, certificates):
    with closing(sqlite3.connect(folder / "steps.sqlite")) as db, db:
        db.execute("UPDATE steps SET status = 'GRANTED' WHERE position = 2")

    with pytest.raises(NotCertified, match="not the fold"):
        certificates.certify(Steps())
    assert not list(signed.glob("*.cose"))


def test_a_view_that_set_something_aside_is_not_certified(ledger, folder, certificates):
    view = Failing(Steps(), at={3})
    rebuild(ledger, folder, view)

    with pytest.raises(NotCertified, match="position 3 aside"):
        certificates.certify(view)


def test_a_view_that_is_not_there_is_not_certified(ledger, folder, certificates):
    newer = Steps()
    newer.version = 2

    with pytest.raises(NotCertified, match="not there in this version"):
        certificates.certify(newer)


def test_what_is_personal_is_not_certified(certificates):
    view = Steps()
    view.personal = True

    with pytest.raises(NotCertified, match="personal"):
        certificates.certify(view)


def test_one_certificate_is_made_at_a_time(signed, certificates):
    signed.mkdir()

    with held(signed / "steps.lock", "held"), pytest.raises(HomeBusy, match="being certified"):
        certificates.certify(Steps())


def test_a_certificate_that_was_never_made_is_not_found(certificates):
    with pytest.raises(ViewNotFound):
        certificates.find("steps")
    assert certificates.latest("steps") is None


def test_a_certificate_with_a_bit_changed_is_found(ledger, signed, certificates):
    certificates.certify(Steps())
    path = signed / "steps.cose"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))

    [(position, problem)] = findings(ledger, signed)

    assert position == 0
    assert problem.startswith("the certificate of steps does not hold")


def test_a_certificate_under_anothers_name_is_found(ledger, signed, certificates):
    certificates.certify(Steps())
    (signed / "steps.cose").rename(signed / "other.cose")

    assert findings(ledger, signed) == [(5, "the certificate of other is one of steps")]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"size": 99}, "cut off"),
        ({"root": bytes(32)}, "another root"),
        ({"digest": bytes(32)}, "not of the fold"),
        ({"size": 4}, "another root"),
    ],
)
def test_a_statement_that_is_signed_and_not_true_is_found(
    ledger, signed, certificates, change, problem
):
    made = certificates.certify(Steps())
    fields = {name: getattr(made, name) for name in Certificate.__dataclass_fields__}
    signer = Ed25519Signer(bytes(32))
    (signed / "steps.cose").write_bytes(
        make_certificate(signer, Certificate(**fields | change))
    )

    [(_, found)] = findings(ledger, signed)

    assert problem in found


def test_the_digest_of_another_version_is_left_alone(ledger, signed, certificates):
    certificates.certify(Steps())
    newer = Steps()
    newer.version = 2

    assert findings(ledger, signed, newer) == []


def test_a_home_without_certificates_lacks_nothing(ledger, signed):
    assert findings(ledger, signed) == []
