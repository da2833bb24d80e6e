"""Hong Kong: iAM Smart's wire protocol, and the documents its residents hold."""

from adapters.hk.client import IamSmart
from adapters.hk.documents import Document, format_valid, permit_holder
from adapters.hk.settings import IamSmartSettings
from adapters.hk.wire import RsaPadding

__all__ = [
    "Document",
    "IamSmart",
    "IamSmartSettings",
    "RsaPadding",
    "format_valid",
    "permit_holder",
]
