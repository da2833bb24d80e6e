"""Answering a partner region over HTTP, its entry durable, beside verifying a signature.

Each server is a process of its own, and so are the callers. Clocks are real: a run
has to be over before its requests expire.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import calls, least
from benchmarks.measure import Peer, Row, Run, Timed, race
from benchmarks.ours import now
from benchmarks.servers import REGION, answering, running, verifying_only
from cose import Ed25519Signer, KeyRecord
from identity import REQUEST, Asker, Question, Trust, commit_to_case
from identity.policy import Agreement, Policy
from ledger.home import Home
from service.key_publishing import Publisher, read_published
from service.own_root import root_of
from service.partners import Partner, write_partner

_REQUESTS = 6_000
_AT_ONCE = 64
_ASKER = "CN-GD"
_RESIDENT = {
    "document_type": "resident_identity",
    "document_number": "459999199003070025",
    "name_zh": "样本一",
}

Work = Callable[[str, list[bytes]], Timed]


def rows(folder: Path, *, scale: float, rounds: int) -> Iterator[Row]:
    """Race the endpoint at full load, and show both at half of what it answered then."""
    number = max(_AT_ONCE, int(_REQUESTS * scale))
    with TemporaryDirectory(dir=folder) as scratch, _servers(Path(scratch)) as servers:
        at_once = partial(calls.at_once, connections=_AT_ONCE)
        full = list(
            _race(
                servers, rounds, number, f"answer a verification, {_AT_ONCE} at once", at_once
            )
        )
        yield from full
        paced = partial(calls.paced, rate=full[0].ours.rate / 2)
        yield from _race(
            servers, rounds, number, "answer a verification, at half that load", paced
        )


class _Servers:
    """Ours and the bare ones, and the region that asks them."""

    def __init__(self, ours: str, bare: str, least: str, asker: Asker) -> None:
        self.ours, self.bare, self.least = ours, bare, least
        self._asker = asker

    def asks(self, url: str, number: int) -> list[bytes]:
        """Return `number` different requests about one resident."""
        return [
            calls.request(
                "POST", f"{url}/verifications", self._token(), Content_Type=REQUEST.typ
            )
            for _ in range(number)
        ]

    def _token(self) -> bytes:
        question = Question(
            identifiers=_RESIDENT,
            fields=("document_number", "name_zh"),
            case_commitment=commit_to_case(bytes(16), b"case"),
            purpose="gd.cross-province.trial",
            legal_basis="Personal Information Protection Law art. 13(1)(3)",
        )
        return self._asker.ask(
            question, REGION, now=now(), cti=os.urandom(16), nonce=os.urandom(16)
        ).token


@contextmanager
def _servers(folder: Path) -> Iterator[_Servers]:
    asking, home = Home(folder / "asking", os.urandom), Home(folder / "home", os.urandom)
    asker, asked = _published(_ASKER, asking), _published(REGION, home)
    write_partner(home.folder / "partners", _ASKER, asker.partner)
    signer = Ed25519Signer(asking.secret("region"))
    by = Asker(
        issuer=_ASKER,
        signer=lambda: signer,
        trust=Trust({REGION: asked.records}),
        policy=Policy(region=_ASKER, agreements=lambda _: Agreement()),
    )
    kept, key = folder / "least", signer.public_key.hex()
    kept.mkdir()
    with (
        running(answering, str(home.folder)) as url,
        running(verifying_only, key) as bare,
        running(least.answering, f"{key} {kept}") as answers,
    ):
        yield _Servers(url, bare, answers, by)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Published:
    """A region's key set, and the region as others enrol it."""

    partner: Partner
    records: tuple[KeyRecord, ...]


def _published(region: str, home: Home) -> _Published:
    root = root_of(home)
    Publisher(
        home=home,
        region=region,
        root=root,
        origin=f"{region}.example/log",
        also=(),
        now=now(),
        random=os.urandom,
    ).publish()
    found = read_published(home, region)
    assert found is not None
    token, keys = found
    enrolled = Partner(
        url="http://127.0.0.1:9", root=root.public_key.hex(), key_set=token.hex()
    )
    return _Published(partner=enrolled, records=keys.records)


def _race(servers: _Servers, rounds: int, number: int, what: str, work: Work) -> Iterator[Row]:
    def run(url: str) -> Run:
        return work(url, servers.asks(url, number)).run(fsync="FULL wal", held=number)

    yield from race(
        rounds,
        what=what,
        unit="answers/s",
        ours=partial(run, servers.ours),
        peers=[
            Peer(
                name="bare aiohttp handler",
                leaves_out="verifies the signature, reads no claim and records nothing",
                run=partial(run, servers.bare),
            ),
            Peer(
                name="the least of it",
                leaves_out="checks, opens, signs and keeps a row; reads and decides nothing",
                run=partial(run, servers.least),
            ),
        ],
    )
