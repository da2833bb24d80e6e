"""Two regions, each on a home of its own: Guangdong asks, Guangxi answers."""

import secrets
from contextlib import asynccontextmanager

from adapters.panprd.client import REQUEST_TYPE
from identity import Asker, Question, Trust, commit_to_case, decode_keys, encode_keys
from ledger.home import Home
from ledger.verification_events import TokenRefused
from service.region import Region
from service.settings import Partner
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


def partner(region: str, home: Home, url: str = "http://127.0.0.1:9") -> Partner:
    return Partner(url=url, keys=encode_keys(Region.of(region, home, {}).records).hex())


def asker(gd: Home, keys: str, region: str = GX) -> Asker:
    """Guangdong, asking `region` under the keys of Guangxi."""
    return Asker(
        issuer=GD,
        signer=lambda: Region.of(GD, gd, {}).signer,
        trust=Trust({region: decode_keys(bytes.fromhex(keys))}),
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
        yield gx, asker(gd, partner(GX, gx.home).keys)


@asynccontextmanager
async def guangdong(tmp_path, url, keys):
    partners = {GX: Partner(url=url, keys=keys)}
    async with running(tmp_path / "gd", SetClock(MORNING), partners=partners) as gd:
        yield gd


async def send(service: Service, token, content_type=REQUEST_TYPE):
    headers = {"Content-Type": content_type}
    return await Visitor(service.http).call(
        "POST", "/verifications", data=token, headers=headers
    )


def names(service: Service) -> list[str]:
    return [e.name for e in service.ledger.read(0) if not e.name.startswith("log.")]


def refused(service: Service) -> list[tuple[str, str]]:
    """Whose tokens were refused although they had signed them, and at which step."""
    events = (entry.event for entry in service.ledger.read(0))
    return [(each.issuer, each.step) for each in events if isinstance(each, TokenRefused)]
