"""Us among the regions: our keys, whose we trust, and what passes between us.

The trust made here is one object for as long as the service runs: what it holds is
replaced when a key set is accepted, here and wherever else it is looked into.
"""

from aiohttp import ClientSession, web

from cose import Ed25519Signer
from identity.policy import Policy
from identity.trust import Trust
from ledger import http as ledger_http
from ledger.application import Ledger
from ledger.home import Home
from ledger.region_keys import RegionKeys
from ledger.stores import MaterialStore
from ledger.witnessing import Witness
from service import partner_messages
from service.corresponding import CORRESPONDING, correspond, logs_of_partners
from service.edge import Edge
from service.home_region import region_of
from service.key_watch import KEY_WATCH, KeyWatch
from service.own_keys import OwnKeys
from service.partner_keys import PARTNER_KEYS, PartnerKeys
from service.partners import PARTNERS, Clients, Partners
from service.region import Region
from service.settings import Settings
from service.watching import WATCHING, Watching


def open_region(
    app: web.Application,
    ledger: Ledger,
    *,
    settings: Settings,
    home: Home,
    own: OwnKeys,
    partners: Partners,
    clients: Clients,
    edge: Edge,
) -> Region:
    """Return the region that `home` is of, whose keys are published from now on."""
    name = region_of(home, settings.region, ledger)
    trust = Trust({})
    app[KEY_WATCH] = KeyWatch(home, name, own, ledger, clock=edge.clock, random=edge.random)
    partners.refuse_own(name)
    app[PARTNERS] = partners
    app[PARTNER_KEYS] = PartnerKeys(
        RegionKeys(ledger), trust, partners, clients.keys_of, edge.clock
    )
    return Region(
        name=name,
        own=own,
        trust=trust,
        policy=Policy(region=name, agreements=partners.agreement),
        pseudonyms=home.secret("pseudonyms"),
    )


def open_correspondence(
    app: web.Application,
    ledger: Ledger,
    *,
    settings: Settings,
    home: Home,
    region: Region,
    materials: MaterialStore,
    client: ClientSession,
    edge: Edge,
) -> None:
    """Let `region` write to its partners, and witness their logs and those of `settings`."""
    origin = ledger.published.keys.origin
    logs = logs_of_partners(origin, app[PARTNER_KEYS], app[PARTNERS])
    watch = app[KEY_WATCH]
    app[CORRESPONDING] = correspond(
        ledger=ledger,
        region=region,
        partners=app[PARTNERS],
        logs=logs,
        materials=materials,
        client=client,
        edge=edge,
        own=lambda: watch.keys.records,
    )
    app[partner_messages.EXCHANGE] = app[CORRESPONDING].exchange
    app[ledger_http.WITNESS] = Witness(
        ledger,
        name=f"{origin}/witness",
        signer=Ed25519Signer(home.witness_secret()),
        watched=lambda each: settings.watched.get(each) or logs.watched(each),
        clock=edge.clock,
    )
    app[WATCHING] = Watching(
        ledger,
        app[ledger_http.WITNESS],
        logs,
        lambda: {name: each.url for name, each in app[PARTNERS].current.items()},
        client,
        seconds=settings.cosigning_seconds * _SELDOM,
    )


_SELDOM = 6
"""So many times that heads are offered to us, we look at what partners show others."""
