"""What passes between us and our partners, put together: in, out, and how it fares."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, web

from adapters.panprd.messages import MessageSealer
from cose import KeyRecord
from identity import SEALING
from ledger.agreements import Mode
from ledger.application import Ledger
from ledger.handover import Correspondence, Inbox, Outbox
from ledger.message_events import (
    acknowledged_id,
    contradicted_id,
    received_id,
    sent_id,
    unsent_id,
)
from ledger.ports import Materials
from ledger.streams import entry_at, last_version
from service.acknowledging import Acknowledgements
from service.delivery import Deliveries, Post
from service.edge import Edge
from service.exchange import Exchange
from service.partner_keys import PartnerKeys
from service.partner_logs import PartnerLogs
from service.partners import Partner, Partners
from service.region import Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Corresponding:
    """Us as partners hear of us, and as we hear of them."""

    ledger: Ledger
    partners: Partners
    logs: PartnerLogs
    exchange: Exchange
    sealer: MessageSealer
    correspondence: Correspondence
    deliveries: Deliveries

    def told(self) -> list[dict[str, Any]]:
        """Return how it stands with each partner, for whoever runs this."""
        partners = self.partners.current
        return [self._told(region, partners[region]) for region in sorted(partners)]

    def alarms(self) -> dict[str, int]:
        """Return how many messages wait, and how often a partner contradicted itself."""
        told = self.told()
        return {
            "undelivered": sum(each["waiting"] for each in told),
            "contradictions": sum(each["contradictions"] for each in told),
        }

    def _told(self, region: str, partner: Partner) -> dict[str, Any]:
        ledger = self.ledger
        sent, done = (last_version(ledger, each(region)) for each in (sent_id, acknowledged_id))
        oldest = entry_at(ledger, sent_id(region), done + 1)
        newest = entry_at(ledger, acknowledged_id(region), done)
        delivery = self.deliveries.current.get(region)
        return {
            "region": region,
            "url": partner.url,
            "modes": sorted(partner.modes),
            "sent": sent,
            "waiting": sent - done,
            "waiting_since": None if oldest is None else oldest.recorded_at,
            "received": last_version(ledger, received_id(region)),
            "last_acknowledged": None if newest is None else newest.recorded_at,
            "failures": 0 if delivery is None else delivery.failures,
            "trouble": self.partners.unreadable.get(region)
            or (None if delivery is None else delivery.trouble),
            "contradictions": last_version(ledger, contradicted_id(region)),
            "unsent": last_version(ledger, unsent_id(region)),
        }


CORRESPONDING = web.AppKey("corresponding", Corresponding)


def correspond(
    *,
    ledger: Ledger,
    region: Region,
    partners: Partners,
    logs: PartnerLogs,
    materials: Materials,
    client: ClientSession,
    edge: Edge,
    own: Callable[[], Iterable[KeyRecord]],
) -> Corresponding:
    """Put together what carries messages between us and `partners`.

    `own` are the keys that our key set tells, of which some may be on other servers.
    """
    sealer = MessageSealer(
        issuer=region.name,
        signer=region.own.signing("region"),
        trust=region.trust,
        random=edge.random,
    )
    return Corresponding(
        ledger=ledger,
        partners=partners,
        logs=logs,
        exchange=_exchange(ledger, region, partners, logs, edge, own),
        sealer=sealer,
        correspondence=Correspondence(ledger, sealer),
        deliveries=Deliveries(
            post=_post(ledger, region, logs, materials, edge),
            urls=lambda: {name: each.url for name, each in partners.current.items()},
            client=client,
            head=lambda: ledger.head,
        ),
    )


def logs_of_partners(own: str, known: PartnerKeys, partners: Partners) -> PartnerLogs:
    """Return the logs of `partners` as their key sets name them now; ours is called `own`."""
    return PartnerLogs(
        own,
        lambda: {region: k.keys for region, k in known.known.items() if k.keys is not None},
        lambda: {region: each.url for region, each in partners.current.items()},
    )


def _exchange(
    ledger: Ledger,
    region: Region,
    partners: Partners,
    logs: PartnerLogs,
    edge: Edge,
    own: Callable[[], Iterable[KeyRecord]],
) -> Exchange:
    def modes(name: str) -> Collection[Mode]:
        partner = partners.current.get(name)
        return () if partner is None else partner.modes

    return Exchange(
        name=region.name,
        signer=region.own.signing("region"),
        trust=region.trust,
        boxes=region.own.sealing_keys,
        log_keys=logs.keys,
        modes=modes,
        partners=lambda: [*partners.current],
        inbox=Inbox(
            ledger,
            region=region.name,
            pseudonym=lambda *who: region.current_pseudonym(ledger.standing, *who),
        ),
        codec=ledger.codec,
        clock=edge.clock,
        promised=lambda: [r.kid for r in own() if SEALING in r.use and r.revoked_at is None],
    )


def _post(
    ledger: Ledger, region: Region, logs: PartnerLogs, materials: Materials, edge: Edge
) -> Post:
    return Post(
        name=region.name,
        outbox=Outbox(ledger),
        materials=materials,
        acknowledgements=Acknowledgements(
            name=region.name,
            trust=region.trust,
            log_keys=logs.keys,
            codec=ledger.codec,
            clock=edge.clock,
        ),
        trust=region.trust,
        clock=edge.clock,
        random=edge.random,
    )
