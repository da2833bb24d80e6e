"""What persons may do besides applying: bind a permit, and act for an enterprise.

Joins the desks of identity to the ledger that records them and to the registers
that answer them.
"""

from functools import partial

from aiohttp import web

from adapters.mainland.enterprises import SampleEnterprises
from adapters.mainland.permits import SamplePermits
from identity import binding_http, mandate_http
from identity.binding import BindingDesk
from identity.documents import Document
from identity.mandate import MandateDesk
from ledger.application import Ledger
from ledger.bindings import Bindings
from ledger.consents import Consents
from ledger.holds import Holds
from ledger.http import BINDINGS, CONSENTS, HOLDS, MANDATES, REQUESTS, SUBJECTS
from ledger.mandates import Mandates
from ledger.person_requests import PersonRequests
from ledger.verification import Verifications
from service.edge import Edge
from service.region import Region

routes = [*binding_http.routes, *mandate_http.routes]


def open_persons(
    app: web.Application,
    ledger: Ledger,
    verifications: Verifications,
    *,
    region: Region,
    edge: Edge,
    sample: bool,
) -> None:
    """Put the desks where their routes find them; only with `sample` are there registers."""
    permits = partial(region.pseudonym, "CN", str(Document.MAINLAND_TRAVEL_PERMIT))
    app[BINDINGS] = bindings = Bindings(ledger, verifications, permits)
    app[CONSENTS] = Consents(ledger)
    app[HOLDS] = Holds(ledger)
    app[REQUESTS] = PersonRequests(ledger, app[SUBJECTS], region.name)
    app[MANDATES] = mandates = Mandates(ledger, verifications)
    app[binding_http.BINDING_DESK] = BindingDesk(
        record=bindings,
        permits=SamplePermits() if sample else None,
        random=edge.random,
    )
    app[mandate_http.MANDATE_DESK] = MandateDesk(
        record=mandates,
        register=SampleEnterprises() if sample else None,
        pseudonym=partial(region.current_pseudonym, ledger.standing, "enterprise"),
        random=edge.random,
    )
