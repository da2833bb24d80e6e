"""Verifying and issuing assertions, beside the signature alone and beside python-cwt.

python-cwt needs an environment of its own, which `make interop` builds; where
there is none, the row of libsodium says so.
"""

import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import process_time
from typing import TypeVar

import cbor2
from nacl import bindings

from benchmarks.measure import Peer, Row, Run, race
from cose import ED25519, Ed25519Signer, KeyRecord, Sign1, sign1
from cose.sign1 import to_be_signed
from identity import ASSERTION, Assertion, Trust, Verifier
from identity.claim_values import Result, StatusReference
from identity.claimset import encode_claims
from identity.model import Answer, Assurance

PYTHON_CWT = Path(".venv-interop/python_cwt/bin/python")

_TOKENS = 5_000
_SEED = bytes(range(32))
_ISSUER, _AUDIENCE = "CN-GX", "CN-GD"

Each = TypeVar("Each")


def rows(folder: Path, *, scale: float, rounds: int) -> Iterator[Row]:
    """Race assertions that all differ; nothing is read or written."""
    del folder
    now = datetime.now(UTC).replace(microsecond=0)
    signer = Ed25519Signer(_SEED)
    claims = [_assertion(number, now) for number in range(max(2, int(_TOKENS * scale)))]
    tokens = [_issued(each, signer) for each in claims]
    messages = [_covered(token) for token in tokens]
    verifier = _verifier(signer, now)

    yield from race(
        rounds,
        what="verify an assertion with every check",
        unit="tokens/s",
        ours=partial(_run, lambda token: verifier.verify(token, ASSERTION, now=now), tokens),
        peers=_who_verifies(tokens, messages, signer),
    )
    yield from race(
        rounds,
        what="issue an assertion",
        unit="tokens/s",
        ours=partial(_run, lambda each: _issued(each, signer), claims),
        peers=[
            Peer(
                name="libsodium, signing alone",
                leaves_out="encodes and checks nothing, and is given the bytes to sign",
                run=partial(_run, _signing(), [message[64:] for message in messages]),
            )
        ],
    )


def _who_verifies(
    tokens: Sequence[bytes], messages: Sequence[bytes], signer: Ed25519Signer
) -> list[Peer]:
    installed = PYTHON_CWT.exists()
    without = "" if installed else " (python-cwt is not beside it: make interop)"
    raw = Peer(
        name="libsodium, the signature alone",
        leaves_out="decodes nothing, and checks no claim" + without,
        run=partial(
            _run, lambda signed: bindings.crypto_sign_open(signed, signer.public_key), messages
        ),
    )
    theirs = Peer(
        name="python-cwt",
        leaves_out="takes other forms, and checks times but no audience, lifetime or kind",
        run=partial(_run_python_cwt, tokens, signer),
    )
    least = Peer(
        name="reading and the signature, nothing else",
        leaves_out="checks no header, no claim, no time and no key",
        run=partial(_run, partial(_read, signer.public_key), tokens),
    )
    return [raw, least, theirs] if installed else [raw, least]


def _read(public_key: bytes, token: bytes) -> object:
    """Do the least that anybody does who takes a claim from a token."""
    protected, _, payload, signature = cbor2.loads(token).value
    cbor2.loads(protected)
    bindings.crypto_sign_open(signature + to_be_signed(protected, payload), public_key)
    return cbor2.loads(payload)


def _run(work: Callable[[Each], object], each: Sequence[Each]) -> Run:
    start = process_time()
    for one in each:
        work(one)
    return _told(len(each), process_time() - start)


def _run_python_cwt(tokens: Sequence[bytes], signer: Ed25519Signer) -> Run:
    kid = Sign1.parse(tokens[0]).kid
    asked = {
        "key": {"kid": kid.hex(), "x": signer.public_key.hex()},
        "tokens": [token.hex() for token in tokens],
    }
    done = subprocess.run(
        [str(PYTHON_CWT), str(Path(__file__).with_name("by_python_cwt.py"))],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    return _told(len(tokens), float(done.stdout))


def _told(count: int, seconds: float) -> Run:
    return Run(operations=count, seconds=seconds, fsync="in memory", held=count)


def _signing() -> Callable[[bytes], bytes]:
    _, secret = bindings.crypto_sign_seed_keypair(_SEED)
    return lambda message: bindings.crypto_sign(message, secret)


def _issued(claims: Assertion, signer: Ed25519Signer) -> bytes:
    return sign1(signer, typ=ASSERTION.typ, payload=encode_claims(claims))


def _covered(token: bytes) -> bytes:
    """Return the signature and what it covers, as libsodium takes them."""
    envelope = Sign1.parse(token)
    protected_begins = 4 if token[2] == 0x58 else 3
    size = token[3] if token[2] == 0x58 else token[2] & 0x1F
    protected = token[protected_begins : protected_begins + size]
    return envelope.signature + to_be_signed(protected, envelope.payload or b"")


def _verifier(signer: Ed25519Signer, now: datetime) -> Verifier:
    record = KeyRecord(
        public_key=signer.public_key,
        algorithm=ED25519,
        use=frozenset({ASSERTION.typ}),
        not_before=now - timedelta(days=1),
        expires=now + timedelta(days=1),
    )
    return Verifier(Trust({_ISSUER: [record]}), _AUDIENCE)


def _assertion(number: int, now: datetime) -> Assertion:
    digest = sha256(b"%d" % number).digest()
    return Assertion(
        issuer=_ISSUER,
        subject=f"p-{digest.hex()[:32]}",
        audience=_AUDIENCE,
        expires_at=now + ASSERTION.lifetime,
        issued_at=now,
        cti=digest[:16],
        nonce=digest[16:],
        case_commitment=sha256(digest).digest(),
        purpose="residence-permit",
        request_digest=sha256(digest + digest).digest(),
        result=Result(
            verdict=Answer.MATCH,
            answers=dict.fromkeys(("document_number", "name", "birth_date"), Answer.MATCH),
            assurance=Assurance.REMOTE,
            method="resident-register",
            checked_at=now,
            source_as_of=now,
        ),
        status=StatusReference(index=number, uri="https://gx.example/status/0"),
    )
