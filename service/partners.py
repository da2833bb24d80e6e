"""The regions we are partners with: files that a person wrote, read again when they change.

A partner is enrolled by its root. Its keys follow from sets that the root signed;
the one in the file is only the set that was seen when it was enrolled. A file that
cannot be read changes nothing: what was agreed before holds, and that is told.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Lock
from typing import Annotated

import msgspec
from aiohttp import ClientSession, web

from adapters.panprd.client import PartnerClient
from cose import CoseError, KeyRecord
from identity.errors import ProviderUnavailable
from identity.key_set import root_record
from identity.policy import MODES, Agreement, Basis
from ledger.agreements import Mode
from ledger.errors import HomeUnusable
from ledger.home import replace_durably

REGION_NAME = r"^[A-Z]{2}-[A-Z0-9]{2,3}$"
_OWN = "this is the region of the home itself"
_log = logging.getLogger("tongban.partners")
Hex = Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{2})+$")]


class Partner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A partner region as it was enrolled: where it is, its root, and what was agreed.

    `root` is a public key that a person compared, `key_set` the signed set it was
    seen with, both in hexadecimal.
    """

    url: str
    root: Hex
    modes: tuple[Mode, ...] = MODES
    items: tuple[str, ...] = ("*",)
    bases: Mapping[str, Basis] = msgspec.field(default_factory=lambda: {"*": Basis()})
    key_set: Hex | None = None

    def __post_init__(self) -> None:
        """Refuse a root that is no key before anything is started."""
        try:
            root_record(bytes.fromhex(self.root))
        except (ValueError, CoseError) as error:
            raise ValueError(f"`root` is no key: {error}") from error

    @property
    def root_key(self) -> bytes:
        return bytes.fromhex(self.root)

    @property
    def root_record(self) -> KeyRecord:
        return root_record(self.root_key)

    @property
    def agreement(self) -> Agreement:
        return Agreement(modes=self.modes, items=self.items, bases=self.bases)


class Partners:
    """The partners of now: those given, and what the files in `folder` change of them."""

    def __init__(self, given: Mapping[str, Partner], folder: Path) -> None:
        self.current: Mapping[str, Partner] = dict(given)
        """By region; another one once that changes, so that nobody's walk is disturbed."""
        self.unreadable: Mapping[str, str] = {}
        """What is the matter with each file that does not hold now, by its region."""
        self._own = ""
        self._folder = folder
        self._files = read_partners(folder)
        self._looking = Lock()

    def refuse_own(self, region: str) -> None:
        """Never take `region`, which is ours, for a partner; raises `HomeUnusable` if it is."""
        self._own = region
        if region in self.current:
            raise HomeUnusable(f"partners/{region}.json: {_OWN}")

    def agreement(self, region: str) -> Agreement | None:
        """Return what was agreed with `region`, if it is a partner."""
        partner = self.current.get(region)
        return None if partner is None else partner.agreement

    def look(self) -> bool:
        """Read the files again, and say whether what is agreed changed."""
        # One after the other: nobody goes back to what they read before another did.
        with self._looking:
            return self._look()

    def _look(self) -> bool:
        found, unreadable = read_each(self._folder)
        if found.pop(self._own, None) is not None:
            unreadable[self._own] = f"partners/{self._own}.json: {_OWN}"
        for region, trouble in unreadable.items():
            if self.unreadable.get(region) != trouble:
                _log.error("%s; what was agreed before goes on", trouble)
        self.unreadable = unreadable
        found |= {r: self._files[r] for r in unreadable.keys() & self._files.keys()}
        if found == self._files:
            return False
        gone = self._files.keys() - found.keys()
        stay = {region: each for region, each in self.current.items() if region not in gone}
        self.current, self._files = {**stay, **found}, found
        return True


class Clients(Mapping[str, PartnerClient]):
    """The wire to each partner of now."""

    def __init__(self, partners: Partners, session: ClientSession) -> None:
        self._partners = partners
        self._session = session

    def __getitem__(self, region: str) -> PartnerClient:
        return PartnerClient(self._partners.current[region].url, self._session)

    def __iter__(self) -> Iterator[str]:
        return iter(self._partners.current)

    def __len__(self) -> int:
        return len(self._partners.current)

    async def status_list(self, region: str, name: str) -> bytes:
        """Return a status list of a partner, or raise `ProviderUnavailable`."""
        if region not in self:
            raise ProviderUnavailable(f"{region} is no partner any more")
        return await self[region].status_list(name)

    async def keys_of(self, partner: Partner) -> bytes:
        """Return the signed key set of a partner, or raise `ProviderUnavailable`."""
        return await PartnerClient(partner.url, self._session).signed_keys()


PARTNERS = web.AppKey("partners", Partners)


def read_partners(folder: Path) -> dict[str, Partner]:
    """Return the partner regions enrolled in `folder`, by region.

    Raises `HomeUnusable` naming the file that does not hold, and what in it.
    """
    found, unreadable = read_each(folder)
    for region, trouble in unreadable.items():
        raise HomeUnusable(
            f"{trouble}; mend that file, or end it with `tongban partner remove {region}`"
        )
    return found


def read_each(folder: Path) -> tuple[dict[str, Partner], dict[str, str]]:
    """Return what holds of the partners in `folder`, and what is the matter with the others."""
    found: dict[str, Partner] = {}
    unreadable: dict[str, str] = {}
    for file in sorted(folder.glob("*.json")):
        try:
            if not re.fullmatch(REGION_NAME, file.stem):
                raise ValueError("a file is named for its region, like CN-GX.json")
            found[file.stem] = msgspec.json.decode(file.read_bytes(), type=Partner)
        except FileNotFoundError:
            continue
        except (OSError, ValueError, msgspec.DecodeError) as error:
            unreadable[file.stem] = f"partners/{file.name}: {error}"
    return found, unreadable


def write_partner(folder: Path, region: str, partner: Partner) -> None:
    """Enrol `region`, or enrol it anew."""
    folder.mkdir(exist_ok=True, mode=0o700)
    body = msgspec.json.format(msgspec.json.encode(partner), indent=2)
    replace_durably(folder / f"{region}.json", body + b"\n")
