"""Verification put together: its desks, whom they ask, and us where others ask us."""

import hmac
from collections.abc import Mapping
from functools import partial
from typing import Final

from aiohttp import ClientSession, web

from adapters.hk import IamSmart
from adapters.panprd.register import SampleRegister
from identity import Answerer, partner_http, region_http
from identity import http as identity_http
from identity.beginnings import Beginnings
from identity.desk import VerificationDesk
from identity.ports import HostedProvider
from identity.refusals import Refusals
from identity.region_desk import RegionDesk
from ledger.application import Ledger
from ledger.errors import UsedBefore
from ledger.verification import Verifications
from service import partner_messages, revoking
from service.edge import Edge
from service.handing_over import open_handovers
from service.health import CAUTIONS
from service.key_watch import KEY_WATCH
from service.partners import Clients
from service.persons import open_persons
from service.region import Region
from service.settings import METHOD, Settings

TRIAL: Final = "gd.cross-province.trial"
"""The one purpose that is no service item: trying out verification between provinces."""


def open_verifications(
    app: web.Application,
    ledger: Ledger,
    verifications: Verifications,
    *,
    settings: Settings,
    region: Region,
    clients: Clients,
    client: ClientSession,
    edge: Edge,
) -> None:
    """Put every desk where its routes find it, each with `region`'s name for a person.

    Partner regions are answered, and windows of ours served, from the sample register
    alone; where that is off, neither is.
    """
    items = {item.id for item in ledger.book.catalogue.all_current()}
    pseudonym = partial(region.current_pseudonym, ledger.standing)
    answerer = region.answerer(SampleRegister(region.name))
    beginnings = Beginnings(
        record=verifications,
        clock=edge.clock,
        random=edge.random,
        secret=hmac.digest(region.pseudonyms, b"verification desk", "sha256"),
    )
    app[identity_http.PURPOSES] = frozenset({*items, TRIAL})
    app[identity_http.SECURE] = settings.public_url.startswith("https:")
    app[identity_http.DESK] = VerificationDesk(
        beginnings=beginnings,
        providers={**_providers(settings, edge, client), **edge.providers},
        clock=edge.clock,
        pseudonym=pseudonym,
    )
    app[region_http.REGION_DESK] = RegionDesk(
        beginnings=beginnings,
        partners=clients,
        asker=region.asker(),
        home=answerer if settings.sample_register else None,
        pseudonym=pseudonym,
    )
    app[CAUTIONS] = _cautions(settings)
    _open_answering(app, verifications, answerer, settings, edge)
    open_handovers(app, ledger, answerer)
    open_persons(
        app,
        ledger,
        verifications,
        region=region,
        edge=edge,
        sample=settings.sample_register,
    )


def _open_answering(
    app: web.Application,
    verifications: Verifications,
    answerer: Answerer,
    settings: Settings,
    edge: Edge,
) -> None:
    """Put us into `app` as partner regions see us, and what notes those we refuse."""
    watch = app[KEY_WATCH]
    refusals = Refusals(record=verifications, clock=edge.clock, replays=(UsedBefore,))
    app[partner_messages.REFUSALS] = refusals
    app[partner_http.HOME_REGION] = partner_http.HomeRegion(
        answerer=answerer,
        key_set=lambda: (watch.token, watch.keys.records),
        record=verifications,
        refusals=refusals,
        reference=partial(revoking.reference_to, revoking.lists_at(settings.public_url)),
        clock=edge.clock,
        random=edge.random,
    )


def _providers(
    settings: Settings, edge: Edge, client: ClientSession
) -> Mapping[str, HostedProvider]:
    if settings.iamsmart is None:
        return {}
    provider = IamSmart(settings.iamsmart, client, clock=edge.clock, random_bytes=edge.random)
    return {METHOD: provider}


def _cautions(settings: Settings) -> list[str]:
    if settings.iamsmart is None or settings.iamsmart.signature_issuers:
        return []
    return [
        f"{METHOD}: whoever makes a certificate signs: `TONGBAN_IAMSMART_ISSUERS` names nobody"
        " who certifies signers"
    ]
