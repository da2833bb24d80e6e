"""The log of a home, opened: its keys are those it knows, and its head is signed.

What was cut short, an exchange of the master key or of the log's, is ended first,
or the log would be refused for keys that are not its own any more.
"""

from ledger.application import Ledger
from ledger.home import Home
from ledger.log_keys import check_log_key, end_log_rotation, enrol_first_key
from ledger.opening import open_ledger
from ledger.opening_keys import end_rotation
from service.edge import Edge
from service.handing_over import Agreed, accounts
from service.partners import Partners
from service.settings import Settings


def open_log(settings: Settings, home: Home, edge: Edge, partners: Partners) -> Ledger:
    """Return the ledger, or raise `HomeUnusable` where it would fork or lose something."""
    end_rotation(home, edge.random, settings.keys)
    ledger = open_ledger(
        home,
        clock=edge.clock,
        random=edge.random,
        items=settings.items,
        calendars=settings.calendars,
        origin=settings.origin,
        new_origin=settings.new_origin,
        keys=settings.keys,
        agreements=Agreed(partners),
        account=accounts(home),
    )
    published = ledger.published
    check_log_key(home, ledger)
    published.catch_up()
    end_log_rotation(home, published.keys.records)
    enrol_first_key(ledger)
    # With another key than the last time, the head there is has to be signed anew.
    published.sign_anew()
    return ledger
