"""Hong Kong: iAM Smart's wire protocol."""

from adapters.hk.client import IamSmart
from adapters.hk.settings import IamSmartSettings
from adapters.hk.wire import RsaPadding

__all__ = [
    "IamSmart",
    "IamSmartSettings",
    "RsaPadding",
]
