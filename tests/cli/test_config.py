"""`tongban config`: what is set, from where, and whether it holds."""

import pytest

from tests.commands import printed, refused, told


def test_what_is_set_is_told_with_where_and_secrets_are_hidden(home, monkeypatch):
    home.mkdir()
    (home / "tongban.toml").write_text('[storage]\nkeys = "postgresql://u:hunter2@h/keys"')
    monkeypatch.setenv("TONGBAN_REGION", "CN-GX")
    monkeypatch.setenv("TONGBAN_TRACES", "https://me:hunter2@collector.example")

    shown = printed(home, "config", "show")
    as_json = told(home, "config", "show")

    assert "hunter2" not in shown
    assert as_json == {
        "[service] region": {"value": "CN-GX", "from": "environment"},
        "[storage] keys": {"value": "(hidden)", "from": "file"},
        "[telling] traces": {
            "value": "https://(hidden)@collector.example",
            "from": "environment",
        },
    }


def test_a_check_names_what_does_not_hold_and_begins_no_ledger(home, tmp_path, monkeypatch):
    file = tmp_path / "new.toml"
    file.write_text("[service]\nprot = 1")

    of_the_file = refused(home, "config", "check", "--config", str(file))
    file.write_text("[service]\nport = 1")
    held = printed(home, "config", "check", "--config", str(file))
    monkeypatch.setenv("TONGBAN_PUBLIC_ULR", "x")
    of_the_environment = refused(home, "config", "check")

    assert "[service] has no 'prot'; did you mean 'port'?" in of_the_file
    assert held == f"{file} and the environment hold\n"
    assert "did you mean 'TONGBAN_PUBLIC_URL'?" in of_the_environment
    assert not home.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('url = "mailto:x"', "TONGBAN_NOTICES_URL: smtp://, smtps://, https:// or file://"),
        ('url = "smtp://h:587"', "TONGBAN_NOTICES_SENDER: mail needs an address to come from"),
        (
            'url = "https://h/"',
            "TONGBAN_NOTICES_SECRET: a gateway needs a secret to know us by",
        ),
    ],
)
def test_a_check_finds_what_a_start_would_find_about_notices(home, tmp_path, text, said):
    file = tmp_path / "new.toml"
    file.write_text(f"[notices]\n{text}")

    assert said in refused(home, "config", "check", "--config", str(file))


def test_a_check_finds_grants_of_what_is_not_there(home, tmp_path):
    file, grants = tmp_path / "new.toml", tmp_path / "grants.json"
    file.write_text(
        '[oidc]\nissuer = "http://127.0.0.1:9"\nclient_id = "t"\ngrants = "grants.json"'
    )
    grants.write_text('{"grants": {"clerks": {"role": "clerk", "authority": "gd.nowhere"}}}')

    said = refused(home, "config", "check", "--config", str(file))

    assert "OIDC grant 'clerks': an authority of the catalogue, please" in said
