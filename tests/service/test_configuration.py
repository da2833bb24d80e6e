"""The file of settings: what it says counts, and what does not hold is named."""

import re
from pathlib import Path

import pytest

from ledger.errors import HomeUnusable
from service import settings
from service.configuration import configured, read_file, unknown_variables
from service.sections import KEYS
from service.settings import settings_from

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "tongban.example.toml"


def written(tmp_path, text):
    (tmp_path / "tongban.toml").write_text(text)
    return tmp_path


def test_what_the_file_says_counts_and_the_environment_goes_before_it(tmp_path):
    home = written(tmp_path, '[service]\nport = 9090\npublic_url = "https://of.file"')

    read = settings_from({"TONGBAN_PUBLIC_URL": "https://of.environment"}, home)

    assert (read.listen[1], read.public_url) == (9090, "https://of.environment")


def test_a_file_elsewhere_is_named_by_a_variable_and_counts_its_paths_from_there(tmp_path):
    (tmp_path / "etc" / "items").mkdir(parents=True)
    (tmp_path / "etc" / "here.toml").write_text('[service]\nitems = "items"')

    read = settings_from({"TONGBAN_CONFIG": str(tmp_path / "etc" / "here.toml")}, tmp_path)

    assert read.items == tmp_path / "etc" / "items"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[service]\npublic_ulr = 'x'", "has no 'public_ulr'; did you mean 'public_url'"),
        ("[servce]\nport = 1", r"no section \[servce\]; did you mean 'service'"),
        ("port = 1", "no section"),
        ("service = 1", r"write \[service\]"),
        ("[service]\nport = 'many'", r"Expected `int.* - at `\$.service.port`"),
        ("[telling]\nlog_level = 'loud'", r"\$.telling.log_level"),
        ("[service]\nport = 99999", "TONGBAN_PORT: a port"),
        ("[service", "Expected"),
    ],
)
def test_what_does_not_hold_in_the_file_is_named_before_anything_starts(tmp_path, text, said):
    with pytest.raises(HomeUnusable, match=said):
        settings_from({}, written(tmp_path, text))


def test_a_file_that_is_named_and_not_there_is_refused(tmp_path):
    with pytest.raises(HomeUnusable, match="cannot be read: No such file"):
        settings_from({"TONGBAN_CONFIG": str(tmp_path / "none.toml")}, tmp_path)


def test_a_link_that_leads_nowhere_is_not_passed_over(tmp_path):
    (tmp_path / "tongban.toml").symlink_to(tmp_path / "none")

    with pytest.raises(HomeUnusable, match="cannot be read"):
        settings_from({}, tmp_path)


def test_a_secret_of_the_environment_goes_before_the_file_that_the_file_names(tmp_path):
    home = written(tmp_path, '[storage]\ndatabase_file = "password"')
    (tmp_path / "password").write_text("postgresql://u:of-file@h/log\n")
    keys = {"TONGBAN_KEYS": "postgresql://h/keys"}

    alone = settings_from(keys, home)
    over = settings_from({**keys, "TONGBAN_DATABASE": "postgresql://h/another"}, home)

    assert alone.database == "postgresql://u:of-file@h/log"
    assert over.database == "postgresql://h/another"
    assert "of-file" not in repr(alone)


@pytest.mark.parametrize("name", ["TONGBAN_DATABASE", "TONGBAN_KEYS"])
@pytest.mark.parametrize(
    "uri",
    [
        "postgresql://u:%zzS3CRET@127.0.0.1/db",
        "postgresql://u:pa@S3CRET@127.0.0.1:1/db",
        "postgresql://u:S3CRET/S3CRET@127.0.0.1:1/db",
        "postgresql://u:S3CRET@h:port/db",
        "u:S3CRET@h/db",
    ],
)
def test_a_database_that_cannot_be_read_is_named_by_its_variable_alone(tmp_path, name, uri):
    with pytest.raises(HomeUnusable) as refused:
        settings_from({name: uri}, tmp_path)

    assert str(refused.value).startswith(f"{name}: a postgresql:// URI, please")
    assert "S3" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    "uri",
    [
        "postgresql://u:of%2Fours?#@[::1]:5432/log",
        "postgresql://one.example,two.example:5433/log?target_session_attrs=read-write",
        "postgresql:///log?host=/var/run/postgresql",
    ],
)
def test_a_database_may_be_named_in_every_form_that_there_is(tmp_path, uri):
    keys = "postgresql://h/keys"

    assert (
        settings_from({"TONGBAN_DATABASE": uri, "TONGBAN_KEYS": keys}, tmp_path).database == uri
    )


def test_a_secret_s_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(HomeUnusable, match=r"TONGBAN_KEYS_FILE: .* cannot"):
        settings_from({"TONGBAN_KEYS_FILE": str(tmp_path / "none")}, tmp_path)


def test_the_example_holds_as_it_is_and_with_every_key_it_shows(tmp_path):
    default = settings_from({}, tmp_path)
    home = written(tmp_path, EXAMPLE.read_text())
    shown = re.sub(r"^# (\w+ = )", r"\1", EXAMPLE.read_text(), flags=re.MULTILINE)

    as_it_is = settings_from({}, home)
    all_of_it = read_file(written(tmp_path, shown) / "tongban.toml")

    assert as_it_is == default, "the values shown are the defaults"
    assert all_of_it.keys() == {key.variable for key in KEYS}


def test_every_variable_that_is_read_is_a_key_of_the_file_and_the_other_way_round():
    read = set(re.findall(r"TONGBAN_[A-Z_]+", Path(settings.__file__).read_text()))
    files = {f"{name}_FILE" for name in read} & {key.variable for key in KEYS}

    assert read | files == {key.variable for key in KEYS}


def test_a_misspelt_variable_is_told_with_the_one_that_was_meant():
    said = unknown_variables({"TONGBAN_PUBLIC_ULR": "x", "TONGBAN_HOME": "y", "PATH": "z"})

    assert said == ["nothing reads TONGBAN_PUBLIC_ULR; did you mean 'TONGBAN_PUBLIC_URL'?"]


def test_without_a_file_there_is_only_the_environment(tmp_path):
    assert configured({"TONGBAN_REGION": "CN-GX"}, tmp_path) == {"TONGBAN_REGION": "CN-GX"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[service]\npublic_url = "foo"', r"TONGBAN_PUBLIC_URL: an http\(s\) URL"),
        ('[service]\npublic_url = "https://a.example/?b"', "TONGBAN_PUBLIC_URL: no query"),
        ('[service]\npublic_url = "https://a.example#b"', "TONGBAN_PUBLIC_URL: no query"),
        ('[telling]\ntraces = "collector:4318"', r"TONGBAN_TRACES: an http\(s\) URL"),
        ('[telling]\nmetrics = "8080"', "TONGBAN_METRICS: 8080 is the service's own port"),
        ('[telling]\nmetrics = "0.0.0.0:8080"', "TONGBAN_METRICS: 8080 is the service's own"),
        ("[limits]\nmost_at_once = 0", "TONGBAN_MOST_AT_ONCE: a number, please, 1 or more"),
        ("[limits]\nbody_seconds = 0", "TONGBAN_BODY_SECONDS: a number, please, more than 0"),
        ("[limits]\nrequest_seconds = 0.0", "TONGBAN_REQUEST_SECONDS: .* more than 0"),
        ('[notices]\nsecret = "a"\nsecret_file = "b"', "_SECRET and .*_FILE are both set"),
        ('[notices]\ncase_url = "https://x/cases"', "with {case} where the case's id stands"),
        ('[notices]\ncase_url = "https://x/{case}/{id}"', "with {case} where the case's id"),
    ],
)
def test_what_could_never_work_is_refused_with_the_file_it_stands_in(tmp_path, text, said):
    with pytest.raises(HomeUnusable, match=said) as refused:
        settings_from({}, written(tmp_path, text))

    assert str(refused.value).endswith(" in the file of settings)")


def test_what_the_environment_says_is_not_told_as_the_file_s(tmp_path):
    home = written(tmp_path, "[service]\nport = 99999")

    with pytest.raises(HomeUnusable, match=r"^TONGBAN_PORT: .*\[service\] port in the file"):
        settings_from({}, home)
    with pytest.raises(HomeUnusable, match=r"^TONGBAN_PORT: a port, or host:port, please$"):
        settings_from({"TONGBAN_PORT": "99998"}, home)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("TONGBAN_MOST_AT_ONCE", "0.5"),
        ("TONGBAN_BODY_SECONDS", "0"),
        ("TONGBAN_REQUEST_SECONDS", "0.0"),
    ],
)
def test_what_would_have_everything_refused_is_refused_at_start(tmp_path, name, text):
    with pytest.raises(HomeUnusable, match=rf"^{name}: a number, please, (1 or|more than 0)"):
        settings_from({name: text}, tmp_path)


def test_metrics_at_another_address_may_have_the_same_port(tmp_path):
    read = settings_from({"TONGBAN_METRICS": "127.0.0.2:8080"}, tmp_path)

    assert read.metrics == ("127.0.0.2", 8080)
