"""Every kind of question is asked of a search, in a view that may be kept for another time."""

from click.testing import CliRunner

from benchmarks.__main__ import main


def test_a_view_that_is_kept_is_not_filled_again(tmp_path):
    kept = [
        "--folder",
        tmp_path,
        "search",
        "--cases",
        40,
        "--times",
        2,
        "--keep",
        tmp_path / "it",
    ]

    first, again = (CliRunner().invoke(main, [*map(str, kept)]) for _ in range(2))

    assert (first.exit_code, again.exit_code) == (0, 0), first.output + again.output
    assert "40 cases can be searched" in first.output
    assert "can be searched" not in again.output
    for what in ("a case by its receipt", "one letter, best first", "all of them, counted"):
        assert f"{what}: p50 " in again.output
