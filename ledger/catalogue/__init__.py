"""The service items the ledger carries, as data, and who decides them."""

from ledger.catalogue.load import load_catalogue
from ledger.catalogue.model import (
    Authority,
    Catalogue,
    CatalogueError,
    Commitment,
    Material,
    Names,
    ServiceItem,
    Terms,
)
from ledger.catalogue.purposes import (
    ACCOUNT,
    EVIDENCE_REUSE,
    HAND_OVER,
    PERMIT_BINDING,
    Language,
    Purpose,
    Purposes,
    all_purposes,
    load_purposes,
)
from ledger.catalogue.retention import Retention

__all__ = [
    "ACCOUNT",
    "EVIDENCE_REUSE",
    "HAND_OVER",
    "PERMIT_BINDING",
    "Authority",
    "Catalogue",
    "CatalogueError",
    "Commitment",
    "Language",
    "Material",
    "Names",
    "Purpose",
    "Purposes",
    "Retention",
    "ServiceItem",
    "Terms",
    "all_purposes",
    "load_catalogue",
    "load_purposes",
]
