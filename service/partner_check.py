"""Looking at a partner from here: is it there, whose keys are these, how late is its clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from aiohttp import ClientError, ClientSession, ClientTimeout

from adapters.panprd.client import PartnerClient
from cose import KeyRecord
from identity.claim_forms import SKEW
from identity.errors import IdentityError
from identity.key_set import KeySet, read_key_set
from service.partners import Partner

_TIMEOUT = ClientTimeout(total=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was found; `trouble` says what is not as it should be."""

    region: str
    serial: int | None = None
    until: datetime | None = None
    clock_off: timedelta | None = None
    trouble: str | None = None


async def fetch_keys(
    region: str,
    partner: Partner,
    session: ClientSession,
    now: datetime,
    roots: Iterable[KeyRecord] = (),
) -> tuple[bytes, KeySet]:
    """Return what a partner publishes, verified under its `roots`; raises `IdentityError`.

    Without any, the one in its file is the root.
    """
    token = await PartnerClient(partner.url, session).signed_keys()
    known = [*roots] or [partner.root_record]
    return token, read_key_set(token, issuer=region, roots=known, now=now)


async def check(
    region: str,
    partner: Partner,
    session: ClientSession,
    now: datetime,
    roots: Iterable[KeyRecord] = (),
) -> Checked:
    """Look at one partner."""
    try:
        _, keys = await fetch_keys(region, partner, session, now, roots)
        off = await _clock_off(partner, session, now)
    except (IdentityError, ClientError, TimeoutError, ValueError) as error:
        return Checked(region=region, trouble=f"{type(error).__name__}: {error}")
    late = off is not None and abs(off) >= SKEW
    return Checked(
        region=region,
        serial=keys.serial,
        until=keys.expires_at,
        clock_off=off,
        trouble="its clock or ours is wrong: tokens will be refused" if late else None,
    )


async def _clock_off(
    partner: Partner, session: ClientSession, now: datetime
) -> timedelta | None:
    """Return by how much the partner's clock is ahead, to the second, if it tells."""
    url = partner.url.rstrip("/") + "/.well-known/cose-keys"
    async with session.get(url, timeout=_TIMEOUT, allow_redirects=False) as response:
        date = response.headers.get("Date")
    return None if date is None else parsedate_to_datetime(date) - now.replace(microsecond=0)
