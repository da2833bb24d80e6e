"""A code on paper is checked with the region's keys alone, without home or network."""

from datetime import timedelta

from cose import Ed25519Signer, encode_key_set
from identity.paper import LIFETIME, PAPER, PaperCode, issue_code
from service.edge import now
from tests.commands import printed, refused, told
from tests.identity.regions import record

SIGNER = Ed25519Signer(bytes([9]) * 32)


def keys(folder, signer=SIGNER):
    path = folder / "cose-keys"
    times = {"not_before": now() - timedelta(days=400), "expires": now() + timedelta(days=9)}
    path.write_bytes(encode_key_set([record(signer, PAPER, **times)]))
    return path


def code(days_ago=1):
    issued = now().replace(microsecond=0) - timedelta(days=days_ago)
    said = PaperCode(
        issuer="CN-GD",
        issued_at=issued,
        expires_at=issued + LIFETIME,
        cti=bytes(8),
        case_commitment=bytes(12),
        purpose="gd.zhaoqing.food-operation-licence",
        result="granted",
    )
    return issue_code(said, SIGNER)


def test_a_code_says_what_was_decided(tmp_path):
    shown = printed(tmp_path, "check-code", code(), "--keys", keys(tmp_path))
    as_json = told(tmp_path, "check-code", code(), "--keys", keys(tmp_path))

    assert "granted" in shown
    assert "gd.zhaoqing.food-operation-licence" in shown
    assert (as_json["verdict"], as_json["issuer"]) == ("genuine", "CN-GD")


def test_a_code_of_other_keys_or_changed_is_refused(tmp_path):
    other = keys(tmp_path, Ed25519Signer(bytes([8]) * 32))

    assert "trust" in refused(tmp_path, "check-code", code(), "--keys", other)
    good = code()
    changed = good[:60] + ("A" if good[60] != "A" else "B") + good[61:]
    assert "no code" in refused(tmp_path, "check-code", changed, "--keys", keys(tmp_path))


def test_an_expired_code_says_so_and_fails(tmp_path):
    from click.testing import CliRunner

    from cli import main

    asked = ["check-code", code(days_ago=200), "--keys", str(keys(tmp_path))]
    done = CliRunner().invoke(main, asked)

    assert done.exit_code == 1
    assert "expired" in done.output
