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

__all__ = [
    "Authority",
    "Catalogue",
    "CatalogueError",
    "Commitment",
    "Material",
    "Names",
    "ServiceItem",
    "Terms",
    "load_catalogue",
]
