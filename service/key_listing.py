"""Every key there is to know of: ours, and those of partners as the log accepted them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from cose import ED25519, SEALED_BOX, KeyRecord
from identity.key_set import KEY_SET
from ledger.application import Ledger
from ledger.home import Home
from ledger.region_keys import RegionKeys
from service.key_publishing import read_published
from service.key_uses import use_of
from service.own_keys import age, session_keys, state_of
from service.partner_sets import accepted_sets
from service.partners import Partner

_ALGORITHMS = {ED25519: "Ed25519", SEALED_BOX: "X25519", -9: "ESP256"}


def list_keys(
    home: Home,
    region: str,
    partners: Mapping[str, Partner],
    ledger: Ledger,
    now: datetime,
) -> list[dict[str, Any]]:
    """Return a row for each key, ours first, those of one use together."""
    found = read_published(home, region)
    ours = () if found is None else found[1].records
    sessions = [key.record for key in session_keys(home)]
    rows = list(_rows(region, [*ours, *sessions], now))
    recorded = RegionKeys(ledger)
    for name, partner in partners.items():
        sets = accepted_sets(recorded, name, partner)
        rows += _rows(name, sets[-1].records if sets else (), now)
    return rows


def _rows(region: str, records: Iterable[KeyRecord], now: datetime) -> Iterator[dict[str, Any]]:
    named = [(_use(record), record) for record in records]
    for use, record in sorted(named, key=lambda each: (each[0], age(each[1]))):
        peers = [other for name, other in named if name == use]
        yield {
            "region": region,
            "kid": record.kid.hex(),
            "use": use,
            "algorithm": _ALGORITHMS.get(record.algorithm, str(record.algorithm)),
            "from": record.not_before.isoformat(),
            "until": (record.revoked_at or record.expires).isoformat(),
            "state": state_of(record, peers, now),
        }


def _use(record: KeyRecord) -> str:
    return "root" if KEY_SET in record.use else use_of(record)
