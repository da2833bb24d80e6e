"""The libraries that tokens are exchanged with, each in an environment of its own.

`make interop` builds the environments. `python -m tests.interop.libraries` has
both libraries make the golden tokens again.
"""

import json
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cose import (
    ED25519,
    EDDSA_DEPRECATED,
    ESP256,
    Ed25519Signer,
    Esp256Signer,
    KeyRecord,
    Signer,
    kid_of,
)
from identity import ASSERTION, Assertion
from identity.claim_values import Result, StatusReference
from identity.claimset import encode_claims
from identity.model import Answer, Assurance

HERE = Path(__file__).parent
GOLDEN = HERE / "golden.json"
ENVIRONMENTS = HERE.parents[1] / ".venv-interop"
ISSUER, AUDIENCE = "CN-GX", "CN-GD"
SECRET = bytes([7]) * 32
GOLDEN_AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Deprecated:
    """An Ed25519 key that signs under -8, which is the number pycose knows."""

    signer: Ed25519Signer
    algorithm: int = EDDSA_DEPRECATED

    @property
    def public_key(self) -> bytes:
        return self.signer.public_key

    def sign(self, message: bytes) -> bytes:
        return self.signer.sign(message)


SIGNERS: dict[int, Signer] = {
    ED25519: Ed25519Signer(SECRET),
    ESP256: Esp256Signer(SECRET),
    EDDSA_DEPRECATED: Deprecated(Ed25519Signer(SECRET)),
}
LIBRARIES = {
    "python_cwt": (ED25519, ESP256, EDDSA_DEPRECATED),
    "pycose": (EDDSA_DEPRECATED,),
}


def record(algorithm: int, at: datetime) -> KeyRecord:
    """Return the record under which a region would have enrolled the key."""
    return KeyRecord(
        public_key=SIGNERS[algorithm].public_key,
        algorithm=algorithm,
        use=frozenset({ASSERTION.typ}),
        not_before=at - timedelta(days=1),
        expires=at + timedelta(days=1),
    )


def assertion(at: datetime) -> Assertion:
    """Return an assertion about nobody, issued at `at`."""
    return Assertion(
        issuer=ISSUER,
        subject="p-of-nobody",
        audience=AUDIENCE,
        expires_at=at + timedelta(seconds=600),
        issued_at=at,
        cti=bytes(range(16)),
        nonce=bytes(range(16, 32)),
        case_commitment=bytes(range(32)),
        purpose="residence-permit",
        request_digest=bytes(range(32, 64)),
        result=Result(
            verdict=Answer.MATCH,
            answers={"document_number": Answer.MATCH, "name": Answer.MATCH},
            assurance=Assurance.REMOTE,
            method="register",
            checked_at=at,
            source_as_of=at,
        ),
        status=StatusReference(index=7, uri="https://gx.example/status/0"),
    )


def make(library: str, at: datetime) -> dict[int, bytes]:
    """Return the tokens that `library` makes of the assertion at `at`, by their algorithm."""
    asked = [
        {
            "payload": encode_claims(assertion(at)).hex(),
            "headers": {1: number, 4: _hex(_kid(number)), 16: ASSERTION.typ},
            "key": _key(number),
        }
        for number in LIBRARIES[library]
    ]
    made = _run(library, "make", asked)
    return {n: bytes.fromhex(t) for n, t in zip(LIBRARIES[library], made, strict=True)}


def check(library: str, tokens: dict[int, bytes]) -> list[dict[str, str]]:
    """Return what `library` reads in `tokens`, or that it refuses them."""
    asked = [{"token": token.hex(), "key": _key(number)} for number, token in tokens.items()]
    checked: list[dict[str, str]] = _run(library, "check", asked)
    return checked


def is_installed(library: str) -> bool:
    """Say whether `make interop` has built the environment of `library`."""
    return _python(library).exists()


def _python(library: str) -> Path:
    return ENVIRONMENTS / library / "bin" / "python"


def _run(library: str, what: str, asked: object) -> Any:
    command = [str(_python(library)), str(HERE / f"by_{library}.py"), what]
    done = subprocess.run(
        command, input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def _kid(number: int) -> bytes:
    return kid_of(SIGNERS[number].public_key, number)


def _key(number: int) -> dict[int, object]:
    public = SIGNERS[number].public_key
    point = {-2: _hex(public[:32])} | ({-3: _hex(public[32:])} if public[32:] else {})
    kind = {1: 2, -1: 1} if number == ESP256 else {1: 1, -1: 6}
    return {**kind, 2: _hex(_kid(number)), 3: number, **point, -4: _hex(SECRET)}


def _hex(data: bytes) -> dict[str, str]:
    return {"hex": data.hex()}


if __name__ == "__main__":
    golden = {
        library: {
            str(number): token.hex() for number, token in make(library, GOLDEN_AT).items()
        }
        for library in LIBRARIES
    }
    GOLDEN.write_text(json.dumps(golden, indent=2) + "\n")
