"""A hosted provider in memory: it knows whoever a code names, and signs nothing."""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from identity.errors import CallbackRefused, ProviderUnavailable, VerificationDeclined
from identity.model import (
    Assurance,
    Document,
    Grant,
    Profile,
    Scope,
    Signed,
    SteppedUp,
)

NAME, NUMBER = "測試員甲", "Z683365(1)"
SIGNED = {"Signature": "good"}
PAGE = "https://provider.example/page"


class FakeProvider:
    """Implements `HostedProvider`; a code is the account it stands for.

    The codes `declined` and `down` do what they say; an account that begins with
    `weak` is hardly vouched for, and one with `second` is sent to a second page. With
    `leaves` the provider is down by then, and with `refuses` it says no.
    """

    jurisdiction = "CN-HK"
    method = "iamsmart"

    def __init__(self, granted_at: datetime) -> None:
        self.granted_at = granted_at
        self.redeemed: list[str] = []
        self.asked: list[tuple[Scope, Document | None]] = []
        self.acknowledged: list[Signed] = []

    def page(self, *, state: str, language: str, scope: Scope) -> str:
        return f"{PAGE}?state={state}&lang={language}&scope={scope}"

    async def redeem(self, code: str) -> Grant:
        await asyncio.sleep(0)
        self.redeemed.append(code)
        if code == "declined":
            raise VerificationDeclined("no")
        if code == "down":
            raise ProviderUnavailable("nobody is there")
        return Grant(
            account=code,
            access_token="token",
            granted_at=self.granted_at,
            assurance=_assurance(code),
        )

    async def request(
        self,
        grant: Grant,
        scope: Scope,
        *,
        transaction: str,
        document: Document | None = None,
    ) -> str | None:
        self.asked.append((scope, document))
        if grant.account.startswith("leaves"):
            raise ProviderUnavailable("nobody is there any more")
        if grant.account.startswith("refuses"):
            raise VerificationDeclined("not for this")
        second = grant.account.startswith("second")
        return f"{PAGE}/consent/{transaction}" if second else None

    def declined(self, code: str | None) -> VerificationDeclined:
        return VerificationDeclined("no", reason="timed_out" if code == "late" else "cancelled")

    def digits(self, grant: Grant, document: Document) -> str | None:
        return f"{len(document.digest) + 10:04}" if "digits" in grant.account else None

    async def acknowledge(self, signed: Signed) -> None:
        self.acknowledged.append(signed)
        if signed.signature == b"unwanted":
            raise ProviderUnavailable("nobody is there")

    def read_callback(
        self, headers: Mapping[str, str], body: bytes
    ) -> Profile | SteppedUp | Signed:
        if headers.get("Signature") != "good":
            raise CallbackRefused("the signature is not good")
        said: dict[str, Any] = json.loads(body)
        if said.get("declined"):
            raise VerificationDeclined("no", transaction=said["transaction"])
        transaction, at = said["transaction"], self.granted_at
        if "stepped_up" in said:
            return SteppedUp(transaction=transaction, at=at)
        if "digest" in said:
            digest, signature = bytes.fromhex(said["digest"]), said["signature"].encode()
            return Signed(transaction=transaction, digest=digest, signature=signature, at=at)
        return Profile(transaction=transaction, claims=said["claims"])


def _assurance(account: str) -> Assurance:
    return Assurance.SELF_ASSERTED if account.startswith("weak") else Assurance.REMOTE


def profile(transaction: str, **changes: object) -> bytes:
    """Return what the provider sends about a person who agreed."""
    claims = {"name_zh": NAME, "document_number": NUMBER}
    return json.dumps({"transaction": transaction, "claims": claims, **changes}).encode()
