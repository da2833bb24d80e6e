"""The wire to one partner region: its verification endpoint and its published keys.

Bytes go out and bytes come back; whether to believe them is for `identity` to
say. A region that is slow, wordy or elsewhere than it should be is unavailable.
"""

from typing import Final

from aiohttp import ClientSession, ClientTimeout

from adapters.panprd.reaching import body_of, reaching
from identity.errors import ProviderUnavailable

REQUEST_TYPE: Final = "application/pprd-idvreq+cwt"
ASSERTION_TYPE: Final = "application/pprd-idv+cwt"
KEYS_TYPE: Final = "application/cose-key-set"
SIGNED_KEYS_TYPE: Final = "application/cose"
STATUS_LIST_TYPE: Final = "application/statuslist+cwt"
LONGEST_ANSWER: Final = 4096
LONGEST_STATUS_LIST: Final = 65_535
LONGEST_KEY_SET: Final = 65_535


class PartnerClient:
    """The port `PartnerRegion`, spoken over HTTP to the region at `url`."""

    def __init__(self, url: str, session: ClientSession, *, seconds: float = 10) -> None:
        self._url = url.rstrip("/")
        self._session = session
        self._timeout = ClientTimeout(total=seconds)

    async def verify(self, request: bytes) -> bytes:
        """Carry `request` to the region, or raise `ProviderUnavailable`."""
        headers = {"Content-Type": REQUEST_TYPE, "Accept": ASSERTION_TYPE}
        return await self._exchange(
            "POST", "/verifications", ASSERTION_TYPE, LONGEST_ANSWER, request, headers
        )

    async def keys(self) -> bytes:
        """Return the COSE_KeySet the region publishes, or raise `ProviderUnavailable`.

        Only as trustworthy as the connection: enrol what a person has compared.
        """
        path = "/.well-known/cose-keys"
        return await self._exchange("GET", path, KEYS_TYPE, LONGEST_KEY_SET)

    async def status_list(self, name: str) -> bytes:
        """Return one of the region's status lists, or raise `ProviderUnavailable`."""
        return await self._exchange(
            "GET", f"/status/{name}", STATUS_LIST_TYPE, LONGEST_STATUS_LIST
        )

    async def signed_keys(self) -> bytes:
        """Return the key set that the region's root signed, or raise `ProviderUnavailable`."""
        return await self._exchange(
            "GET",
            "/.well-known/cose-keys",
            SIGNED_KEYS_TYPE,
            LONGEST_KEY_SET,
            headers={"Accept": SIGNED_KEYS_TYPE},
        )

    async def _exchange(
        self,
        method: str,
        path: str,
        expected: str,
        longest: int,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        with reaching():
            async with self._session.request(
                method,
                self._url + path,
                data=body,
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                if response.status != 200 or response.content_type != expected:
                    raise ProviderUnavailable(
                        f"the partner region answered {response.status}, no token"
                    )
                return await body_of(response, longest)
