"""Which region a home is of: as its own signed key set says, and nobody else.

The environment decides it once, at the first start. Later it can only agree, so a
command given without it, or in the shell of another region, never takes one
region's home for another's.
"""

from identity.key_set import open_key_set
from ledger.application import Ledger
from ledger.errors import HomeUnusable
from ledger.home import Home
from ledger.region_keys import RegionKeys
from service.key_publishing import read_published
from service.own_root import own_roots
from service.settings import REGION


def region_of(home: Home, asked: str | None, ledger: Ledger | None = None) -> str:
    """Return the region of `home`; one that has no key set yet becomes what is `asked`.

    With `ledger`, a home that has none goes by the set that another server of that
    log published. Raises `HomeUnusable` where something else is asked, and
    `TokenRefused` where the set is not of our root.
    """
    own = _own(home, ledger)
    if own is None:
        return REGION if asked is None else asked
    if asked not in (None, own):
        raise HomeUnusable(
            f"this home is {own}'s, and TONGBAN_REGION says {asked}: leave it unset, or name"
            f" the home of {asked} with --home"
        )
    return own


def _own(home: Home, ledger: Ledger | None) -> str | None:
    found = read_published(home)
    if found is not None:
        return found[1].issuer
    logged = None if ledger is None else RegionKeys(ledger).first_published()
    if logged is None:
        return None
    return open_key_set(logged.key_set, issuer=None, roots=own_roots(home)).issuer
