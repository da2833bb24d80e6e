"""Hong Kong: iAM Smart's wire protocol."""

from adapters.hk.client import IamSmart
from adapters.hk.options import Options, read_options
from adapters.hk.settings import IamSmartSettings
from adapters.hk.wrapping import RsaPadding

__all__ = ["IamSmart", "IamSmartSettings", "Options", "RsaPadding", "read_options"]
