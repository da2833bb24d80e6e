"""What one service agreed with iAM Smart when it was enrolled."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from adapters.hk.options import Options
from adapters.hk.signature import issuers_from
from adapters.hk.wire import Credentials
from adapters.hk.wrapping import private_key_from


@dataclass(frozen=True, slots=True, kw_only=True)
class IamSmartSettings:
    """One enrolment; its secret and private key never show in a `repr`.

    A person comes back to `redirect_uri`, an answer is posted to `callback_uri`.
    `signature_issuers` are the PEM certificates of those who certify signers. Unsure:
    who they are; where none is named, a signature is checked against the certificate
    that came with it, and proves no more than the callback that brought both.
    """

    base_url: str
    client_id: str
    secret: str = field(repr=False)
    private_key: bytes = field(repr=False)
    redirect_uri: str
    callback_uri: str
    signature_issuers: bytes = b""
    options: Options = field(default_factory=Options)

    def __post_init__(self) -> None:
        """Refuse keys that are none, and to speak in clear to anyone but this machine."""
        private_key_from(self.private_key)
        issuers_from(self.signature_issuers)
        url = urlsplit(self.base_url)
        if url.scheme != "https" and (url.scheme, url.hostname) not in _LOOPBACK:
            raise ValueError("iAM Smart's base URL must be https, unless it is loopback")

    @property
    def credentials(self) -> Credentials:
        return Credentials(client_id=self.client_id, secret=self.secret)


_LOOPBACK = {("http", "127.0.0.1"), ("http", "localhost"), ("http", "::1")}
