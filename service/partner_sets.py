"""A partner's key sets as the log accepted them, each under the roots that counted then."""

from cose import KeyRecord
from identity.key_set import KeySet, open_key_set
from ledger.region_keys import RegionKeys
from service.partners import Partner


def accepted_sets(recorded: RegionKeys, region: str, partner: Partner) -> list[KeySet]:
    """Return the sets of `region` accepted since it was enrolled by its root, in order."""
    roots: tuple[KeyRecord, ...] = (partner.root_record,)
    found = []
    for event in recorded.accepted(region, partner.root_key):
        found.append(open_key_set(event.key_set, issuer=region, roots=roots))
        roots = found[-1].roots or roots
    return found


def roots_of(recorded: RegionKeys, region: str, partner: Partner) -> tuple[KeyRecord, ...]:
    """Return the roots whose sets of `region` count now: the enrolled, or those announced."""
    announced = [keys.roots for keys in accepted_sets(recorded, region, partner) if keys.roots]
    return announced[-1] if announced else (partner.root_record,)
