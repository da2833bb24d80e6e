"""A log is cut to a part that is a whole log itself, so that two sizes can be compared."""

import gzip

import pytest
from click.testing import CliRunner

from benchmarks.__main__ import main
from benchmarks.made_up import mapping, write_log
from benchmarks.memory import shortened
from ledger.importing import Spool


def cases(log):
    with Spool.read(log, mapping()) as spool:
        return spool.cases


@pytest.mark.parametrize("name", ["log.xes", "log.xes.gz"])
def test_a_part_of_a_log_is_a_log_about_that_long(tmp_path, name):
    log = write_log(tmp_path / "log.xes", 900)
    if name.endswith(".gz"):
        (tmp_path / name).write_bytes(gzip.compress(log.read_bytes()))

    part = shortened(tmp_path / name, tmp_path / "part.xes", 3)

    assert cases(log) == 900
    assert 298 <= cases(part) <= 302


def test_a_log_needs_its_mapping(tmp_path):
    log = write_log(tmp_path / "log.xes", 1)

    done = CliRunner().invoke(main, ["--folder", str(tmp_path), "memory", str(log)])

    assert done.exit_code == 2
    assert "--mapping" in done.output


def test_the_most_memory_is_told_for_both_sizes(tmp_path):
    arguments = ["--folder", str(tmp_path), "--scale", "0.001", "memory"]

    done = CliRunner().invoke(main, arguments)

    assert done.exit_code == 0, done.output
    part, whole = (int(line.split()[0]) for line in done.output.splitlines())
    assert part < whole == 60 * 6 + 4
