"""What persons may do besides applying: bind a permit, and act for an enterprise.

Joins the desks of identity to the ledger that records them and to the registers
that answer them.
"""

from functools import partial

from aiohttp import web

from adapters.mainland.permits import SamplePermits
from identity import binding_http
from identity.binding import BindingDesk
from identity.documents import Document
from ledger.application import Ledger
from ledger.bindings import Bindings
from ledger.verification import Verifications
from service.edge import Edge
from service.region import Region

routes = [*binding_http.routes]


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
    app[binding_http.BINDING_DESK] = BindingDesk(
        record=Bindings(ledger, verifications, permits),
        permits=SamplePermits() if sample else None,
        random=edge.random,
    )
