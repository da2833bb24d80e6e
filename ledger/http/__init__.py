"""The ledger over HTTP.

Who is asking stands on the request already; no header, parameter or body can
name a role. A case one may not read is answered like one that does not exist.
"""

from ledger.awaiting import Awaiting
from ledger.http import (
    acts,
    applicant,
    cases,
    catalogue,
    changes,
    handover_materials,
    handovers,
    joint_reviews,
    log,
    mandates,
    materials,
    purposes,
    refusals,
    search,
    subjects,
    transfers,
    views,
    witness,
)
from ledger.http.handovers import HANDOVER_LISTING, HANDOVERS
from ledger.http.keys import (
    ACTOR,
    AWAITING,
    BINDINGS,
    ERASER,
    FOLDER,
    FOLLOWER,
    LEDGER,
    MANDATES,
    MATERIALS,
    QUERIES,
    RANDOM,
    SEARCHING,
    SUBJECTS,
    TAKEN_BACK,
    TRANSFERS,
    VERIFICATION,
    VERIFICATIONS,
    WITNESS,
    actor_of,
)
from ledger.http.views import CERTIFICATES, STANDINGS

routes = [
    *acts.routes,
    *applicant.routes,
    *cases.routes,
    *catalogue.routes,
    *changes.routes,
    *handover_materials.routes,
    *handovers.routes,
    *joint_reviews.routes,
    *log.routes,
    *mandates.routes,
    *materials.routes,
    *purposes.routes,
    *refusals.routes,
    *search.routes,
    *subjects.routes,
    *transfers.routes,
    *views.routes,
    *witness.routes,
]

__all__ = [
    "ACTOR",
    "AWAITING",
    "BINDINGS",
    "CERTIFICATES",
    "ERASER",
    "FOLDER",
    "FOLLOWER",
    "HANDOVERS",
    "HANDOVER_LISTING",
    "LEDGER",
    "MANDATES",
    "MATERIALS",
    "QUERIES",
    "RANDOM",
    "SEARCHING",
    "STANDINGS",
    "SUBJECTS",
    "TAKEN_BACK",
    "TRANSFERS",
    "VERIFICATION",
    "VERIFICATIONS",
    "WITNESS",
    "Awaiting",
    "actor_of",
    "routes",
]
