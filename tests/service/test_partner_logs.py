"""Whose log is whose: by the key sets of partners, and no name may be claimed twice."""

from dataclasses import dataclass

import pytest

from cose import ESP256, Ed25519Signer, Esp256Signer, KeyRecord
from identity.errors import TokenRefused
from ledger.transparency import CHECKPOINT, RECEIPT, WITNESS
from service.partner_logs import WITNESS_USE, PartnerLogs
from tests.adapters.panprd.letters import GD, GX, HN, signing

OWN = "own.example/log"
LOG_SIGNER, WITNESS_SIGNER = (Ed25519Signer(bytes([n]) * 32) for n in (1, 2))
WIDE = Esp256Signer(bytes([3]) * 32)
RECORDS = (
    signing(LOG_SIGNER, CHECKPOINT, RECEIPT),
    signing(WITNESS_SIGNER, WITNESS_USE),
    signing(Ed25519Signer(bytes([3]) * 32), "application/pprd-message+cwt"),
)


@dataclass(frozen=True)
class Set:
    origin: str
    records: tuple[KeyRecord, ...] = RECORDS


def logs(**origins):
    sets = {region.replace("_", "-"): Set(origin) for region, origin in origins.items()}
    urls = {region: f"http://{region.lower()}.example" for region in sets}
    return PartnerLogs(OWN, lambda: sets, lambda: urls)


def test_a_partners_log_and_witness_are_those_its_set_names():
    known = logs(CN_GD="gd.example/log")

    assert known.keys(GD).origin == "gd.example/log"
    watched = known.watched("gd.example/log") or ()
    assert [key.public_key for key in watched] == [LOG_SIGNER.public_key]
    (neighbour,) = known.neighbours()
    assert (neighbour.key.name, neighbour.key.kind) == ("gd.example/log/witness", WITNESS)
    assert neighbour.key.public_key == WITNESS_SIGNER.public_key
    assert neighbour.url == "http://cn-gd.example"


def test_what_a_witness_cosigned_last_is_remembered_from_one_look_to_the_next():
    known = logs(CN_GD="gd.example/log")
    known.neighbours()[0].known = 7

    assert known.neighbours()[0].known == 7


def test_whoever_is_no_partner_has_no_log_here():
    with pytest.raises(TokenRefused):
        logs(CN_GD="gd.example/log").keys(HN)
    assert logs(CN_GD="gd.example/log").watched("hn.example/log") is None


def test_a_name_that_two_partners_claim_is_watched_for_neither():
    known = logs(CN_GD="same.example/log", CN_GX="same.example/log", CN_HN="hn.example/log")

    assert known.watched("same.example/log") is None
    assert known.witnesses(GX) == ()
    assert [each.url for each in known.neighbours()] == ["http://cn-hn.example"]


def test_our_own_name_and_one_that_is_none_are_watched_for_nobody():
    known = logs(CN_GD=OWN, CN_GX="with space")

    assert known.watched(OWN) is None
    assert known.watched("with space") is None
    assert list(known.neighbours()) == []


@pytest.mark.parametrize(
    "origin_and_records",
    [
        (
            "gx.example/log",
            (*RECORDS, signing(WIDE, WITNESS_USE, CHECKPOINT, algorithm=ESP256)),
        ),
        ("with+plus", (signing(WITNESS_SIGNER, WITNESS_USE),)),
    ],
)
def test_a_key_that_signs_no_notes_keeps_nobody_from_cosigning(origin_and_records):
    sets = {GX: Set(*origin_and_records), HN: Set("hn.example/log")}
    known = PartnerLogs(OWN, lambda: sets, lambda: dict.fromkeys(sets, "http://there.example"))

    names = {each.key.name for each in known.neighbours()}

    assert "hn.example/log/witness" in names
    assert all(each.key.public_key == WITNESS_SIGNER.public_key for each in known.neighbours())
