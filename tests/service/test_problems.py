"""Every error of ours is told over HTTP in a way of its own, and every way is explained."""

import subprocess
import sys

from cose import CoseError
from identity.errors import IdentityError
from ledger.errors import LedgerError
from rest.problem import OWN, name_of
from service.problems import PROBLEMS

ROOTS = (LedgerError, IdentityError)

FORGOTTEN = """
import server
from cose import CoseError
from identity.errors import IdentityError
from ledger.errors import LedgerError
from rest.problem import look_up
from service.problems import PROBLEMS

def family(kind):
    yield kind
    for child in kind.__subclasses__():
        yield from family(child)

for root in (LedgerError, IdentityError, CoseError):
    for kind in family(root):
        told_as, _ = look_up(kind, PROBLEMS)
        if told_as in (LedgerError, IdentityError) and kind is not root:
            print(kind.__name__)
"""


def test_no_error_the_service_can_meet_is_forgotten():
    done = subprocess.run(  # a fresh process: other tests load errors the service never meets
        [sys.executable, "-c", FORGOTTEN], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == []


def test_the_table_has_a_root_for_whatever_is_still_to_come():
    assert {*ROOTS, CoseError} <= PROBLEMS.keys()


def test_what_went_wrong_inside_us_is_kept_to_us():
    told = [kind for kind, each in PROBLEMS.items() if each.status == 500 and not each.quiet]

    assert told == []


def test_no_two_problems_share_a_name():
    names = [name_of(kind) for kind in (*OWN, *PROBLEMS)]

    assert len(set(names)) == len(names)


async def test_each_type_leads_to_its_title_and_what_to_do(service):
    for kind, problem in {**OWN, **PROBLEMS}.items():
        page = await service.anyone.get(f"/problems/{name_of(kind)}")

        assert page.status == 200
        assert page.headers["Content-Type"].startswith("text/plain")
        text = f"{problem.title} ({problem.status})\n\n{problem.advice}\n"
        assert page.content.decode() == text
