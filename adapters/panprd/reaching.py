"""What a partner region sends over HTTP, and what counts as not being reached."""

from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import ClientError, ClientResponse

from identity.errors import ProviderUnavailable


@contextmanager
def reaching() -> Iterator[None]:
    """Raise `ProviderUnavailable` where the block cannot reach the region, or not in time."""
    try:
        yield
    except (ClientError, TimeoutError) as error:
        # The library's own message may quote what was sent.
        raise ProviderUnavailable("the partner region could not be reached") from error


async def body_of(response: ClientResponse, longest: int) -> bytes:
    """Return what was answered, or raise `ProviderUnavailable` beyond `longest` bytes."""
    received = bytearray()
    async for chunk in response.content.iter_any():
        received += chunk
        if len(received) > longest:
            raise ProviderUnavailable("the partner region answered at too great a length")
    return bytes(received)
