"""What one service agreed with iAM Smart when it was enrolled.

The official specification was not at hand: what is unsure is a setting, and says so.
"""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from adapters.hk.wire import Credentials, RsaPadding

PROFILE_FIELDS = ("idNo", "enName", "chName", "birthDate", "gender")


@dataclass(frozen=True, slots=True, kw_only=True)
class IamSmartSettings:
    """One enrolment; its secret and private key never show in a `repr`.

    Unsure: `rsa_padding` (public clients use all three).
    Unsure: `source`, beyond `PC_Browser`, names the phone's browser.
    Unsure: `broker_page`, which phones want and desktops do without.
    Unsure: `in_person_user_types`, the `userType` values whose holders registered
    in person; none are known, so every account counts as verified remotely.
    """

    base_url: str
    client_id: str
    secret: str = field(repr=False)
    private_key: bytes = field(repr=False)
    redirect_uri: str
    profile_uri: str
    rsa_padding: RsaPadding = RsaPadding.OAEP_SHA256
    scope: str = "eidapi_auth eidapi_profiles"
    source: str = "PC_Browser"
    broker_page: bool = False
    profile_fields: tuple[str, ...] = PROFILE_FIELDS
    in_person_user_types: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse to speak in clear to anyone but this machine."""
        url = urlsplit(self.base_url)
        if url.scheme != "https" and (url.scheme, url.hostname) not in _LOOPBACK:
            raise ValueError("iAM Smart's base URL must be https, unless it is loopback")

    @property
    def credentials(self) -> Credentials:
        return Credentials(client_id=self.client_id, secret=self.secret)


_LOOPBACK = {("http", "127.0.0.1"), ("http", "localhost"), ("http", "::1")}
