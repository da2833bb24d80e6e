"""Keys for departments' systems are issued, listed and revoked at the command line."""

from tests.commands import misused, printed, refused, told

CLERK = ("--role", "clerk", "--authority", "gd.zhaoqing.market-regulation")


def test_a_key_is_issued_listed_and_revoked(town):
    key = printed(town, "staff-key", "issue", *CLERK, "--id", "queue-3").strip()
    [listed] = [each for each in told(town, "staff-key", "list") if each["holder"] == "queue-3"]
    id = listed["key"]

    printed(town, "staff-key", "revoke", id, "--reason", "superseded", "--id", "o-1")

    assert key.startswith(f"tongban_key_{id}_")
    assert key.rpartition("_")[2] not in printed(town, "staff-key", "list")
    assert "counted until" in printed(town, "staff-key", "list")
    assert "no key has this id" in refused(
        town, "staff-key", "revoke", "0" * 16, "--reason", "mistaken", "--id", "o-1"
    )


def test_a_key_gives_no_more_than_its_role_has(town):
    beyond = misused(town, "staff-key", "issue", *CLERK, "--scope", "admin", "--id", "1")

    assert "a clerk is not given the scope admin" in beyond
    assert "--authority" in misused(
        town, "staff-key", "issue", "--role", "reviewer", "--id", "1"
    )
