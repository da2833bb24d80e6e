"""`tongban config`: what is set, from where, and whether it holds."""

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
