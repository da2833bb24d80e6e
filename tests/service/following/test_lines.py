"""What two processes say to each other, also when one is killed in the middle of it."""

import pytest

from service.following.lines import Stands, heard, line

NEWS = [Stands("case_list", 7, 0, None), Stands("search", 5, 1, "OSError")]


def test_what_is_said_is_heard():
    assert heard(line(NEWS)) == NEWS


@pytest.mark.parametrize("end", range(len(line(NEWS))))
def test_a_line_that_broke_off_says_nothing(end):
    assert heard(line(NEWS)[:end]) == []
