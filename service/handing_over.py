"""Cases handed across regions, put together: what was agreed, and who is called what.

A person has another name towards each region, so that two of them cannot find out
by comparing that they speak of the same one.
"""

import hmac
from collections.abc import Callable, Iterator, Mapping

from aiohttp import web

from cose import encode
from identity import Answerer
from ledger import http as ledger_http
from ledger.agreements import Agreement
from ledger.application import Ledger
from ledger.handover import Handovers
from ledger.handover.listing import HandoverListing
from ledger.home import Home
from service.partners import Partners


class Agreed(Mapping[str, Agreement]):
    """What is agreed about cases with the partners there are now."""

    def __init__(self, partners: Partners) -> None:
        self._partners = partners

    def __getitem__(self, region: str) -> Agreement:
        """Return what is agreed with `region`, or raise `KeyError`."""
        partner = self._partners.current[region]
        return Agreement(modes=partner.modes, items=partner.items)

    def __iter__(self) -> Iterator[str]:
        return iter([*self._partners.current])

    def __len__(self) -> int:
        return len(self._partners.current)


def accounts(home: Home) -> Callable[[str, str], str]:
    """Return what names a person of ours to a region by their pseudonym here."""
    key = home.secret("pseudonyms")

    def account(region: str, subject: str) -> str:
        return hmac.digest(key, encode(["account", region, subject]), "sha256").hex()

    return account


def open_handovers(app: web.Application, ledger: Ledger, answerer: Answerer) -> None:
    """Put hand-overs into `app`, whose views are already there.

    Whoever is handed over is called what an answer about them to that region calls them.
    """
    app[ledger_http.HANDOVERS] = Handovers(
        ledger, region=answerer.issuer, account=answerer.pseudonym
    )
    app[ledger_http.HANDOVER_LISTING] = HandoverListing(app[ledger_http.FOLDER])
