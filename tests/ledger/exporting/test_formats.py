"""What holds of every form: nothing personal is in any."""

import pytest

from ledger.exporting import FORMATS
from tests.ledger.cases import APPLICANT, FORM, SUBMIT
from tests.ledger.exporting.telling import NAME, written


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_personal_is_in_a_file_for_a_supervisor_or_for_the_person(select, format):
    for selection in (select(), select(by=APPLICANT)):
        content = written(format, selection).decode(errors="replace")

        assert "sealed" in content
        for personal in (NAME, *FORM.values(), *SUBMIT.materials.values()):
            assert personal not in content
