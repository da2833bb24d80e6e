"""Two regions, each on a home of its own: Guangdong asks, Guangxi answers."""

import secrets
from contextlib import asynccontextmanager

from msgspec.structs import replace

from adapters.panprd.client import REQUEST_TYPE
from cose import Ed25519Signer
from identity import Asker, Question, Trust, commit_to_case
from identity.key_set import open_key_set
from identity.policy import Agreement, Policy
from ledger.home import Home
from ledger.verification_events import TokenRefused
from service.key_publishing import Publisher, read_published
from service.own_root import root_of
from service.partners import Partner
from tests.ledger.ledgers import SetClock
from tests.service.running import MORNING, Service, prepared, running
from tests.service.visitor import Visitor

GD, GX, HN = "CN-GD", "CN-GX", "CN-HN"
RESIDENT = {
    "document_type": "resident_identity",
    "document_number": "459999199003070025",
    "name_zh": "样本一",
}
STRANGER = RESIDENT | {"document_number": "459999200001010016"}
ASKED = {
    "region": GX,
    "purpose": "gd.cross-province.trial",
    "legal_basis": "Personal Information Protection Law art. 13(1)(3)",
    "identifiers": RESIDENT,
    "fields": ["document_number", "name_zh"],
}


def publisher(region: str, home: Home, now=MORNING) -> Publisher:
    """Return what signs the key sets of a home, as the commands do."""
    return Publisher(
        home=home,
        region=region,
        root=root_of(home),
        origin=f"log.{region.lower()}.example",
        also=(),
        now=now,
        random=secrets.token_bytes,
    )


def partner(region: str, home: Home, url: str = "http://127.0.0.1:9") -> Partner:
    """Return the region of a home as somebody enrols it who has seen its key set."""
    found = read_published(home, region)
    if found is None:
        publisher(region, home).publish()
        found = read_published(home, region)
    assert found is not None
    root = root_of(home).public_key.hex()
    return Partner(url=url, root=root, key_set=found[0].hex())


def records(region: str, partner: Partner):
    """Return the keys a partner was enrolled with."""
    token = bytes.fromhex(partner.key_set or "")
    return open_key_set(token, issuer=region, roots=[partner.root_record]).records


def asker(gd: Home, enrolled: Partner, region: str = GX) -> Asker:
    """Guangdong, asking `region` under the keys of Guangxi."""
    signer = Ed25519Signer(gd.secret("region"))
    return Asker(
        issuer=GD,
        signer=lambda: signer,
        trust=Trust({region: records(GX, enrolled)}),
        policy=Policy(region=GD, agreements=lambda _: Agreement()),
    )


def ask(by: Asker, region: str = GX, believed: dict[str, str] = RESIDENT, now=MORNING):
    question = Question(
        identifiers=believed,
        fields=("document_number", "name_zh"),
        case_commitment=commit_to_case(bytes(16), b"case"),
        purpose="gd.cross-province.trial",
        legal_basis="PIPL 13(3)",
    )
    random = secrets.token_bytes
    return by.ask(question, region, now=now, cti=random(16), nonce=random(16))


@asynccontextmanager
async def guangxi(tmp_path, clock=None):
    gd = prepared(tmp_path / "gd")
    partners = {GD: partner(GD, gd)}
    folder = tmp_path / "gx"
    async with running(folder, clock or SetClock(MORNING), region=GX, partners=partners) as gx:
        yield gx, asker(gd, partner(GX, gx.home))


@asynccontextmanager
async def guangdong(tmp_path, url, enrolled, **settings):
    settings["partners"] = {GX: replace(enrolled, url=url)}
    async with running(tmp_path / "gd", SetClock(MORNING), **settings) as gd:
        yield gd


async def send(service: Service, token, content_type=REQUEST_TYPE):
    headers = {"Content-Type": content_type}
    return await Visitor(service.http).call(
        "POST", "/verifications", data=token, headers=headers
    )


def names(service: Service) -> list[str]:
    own = ("log.", "region.", "partner.")
    return [e.name for e in service.ledger.read(0) if not e.name.startswith(own)]


def refused(service: Service) -> list[tuple[str, str]]:
    """Whose tokens were refused although they had signed them, and at which step."""
    events = (entry.event for entry in service.ledger.read(0))
    return [(each.issuer, each.step) for each in events if isinstance(each, TokenRefused)]
