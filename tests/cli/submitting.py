"""A ledger of a home as a server holds it, and a case of ours submitted to it."""

from uuid import UUID

from ledger.application import Ledger
from ledger.commands import SubmitApplication
from ledger.home import Home
from ledger.opening import open_ledger
from tests.ledger.cases import APPLICANT, FORM, VERIFIED, files
from tests.ledger.fakes import Dice
from tests.ledger.ledgers import SetClock


def served(home: Home) -> Ledger:
    """Open the ledger of `home` at noon."""
    return open_ledger(home, clock=SetClock(), random=Dice())


def submitted(ledger: Ledger, case_id: UUID) -> int:
    """Submit a case to Guangdong, and return the position of its last entry."""
    submit = SubmitApplication(
        case_id=case_id,
        item="gd.zhaoqing.food-operation-licence",
        form=FORM,
        materials=files("application-form"),
    )
    ledger.submit(submit, APPLICANT, command_id=case_id, verified=VERIFIED).result()
    return ledger.head
