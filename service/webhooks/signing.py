"""Signing what is sent, as Standard Webhooks 1.0 has it: HMAC-SHA256 over id, time and body.

A subscription's secrets are not kept anywhere: they follow from a secret of the home, the
subscription and a generation, so all servers of a log, and a restored one, have the same.
"""

import hmac
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from standardwebhooks import Webhook


@dataclass(frozen=True, slots=True)
class Signing:
    """Signs for every subscription of a home under its `secret`."""

    secret: bytes = field(repr=False)

    def secret_of(self, subscription: UUID, generation: int) -> str:
        """Return the secret that the subscriber is given, as `whsec_...`."""
        return f"whsec_{b64encode(self._key(subscription, generation)).decode()}"

    def headers(
        self,
        message: str,
        at: datetime,
        body: bytes,
        *,
        subscription: UUID,
        generations: Iterable[int],
    ) -> Mapping[str, str]:
        """Return the headers of one attempt; signed once under each of `generations`."""
        signatures = (
            Webhook(self._key(subscription, each)).sign(message, at, body.decode())
            for each in generations
        )
        return {
            "webhook-id": message,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(signatures),
        }

    def answer_to(self, challenge: str, subscription: UUID, generation: int) -> str:
        """Return what only whoever has the secret can answer to `challenge`, in hex."""
        key = self._key(subscription, generation)
        return hmac.digest(key, challenge.encode(), "sha256").hex()

    def _key(self, subscription: UUID, generation: int) -> bytes:
        name = b"tongban webhook\x00" + subscription.bytes + generation.to_bytes(4)
        return hmac.digest(self.secret, name, sha256().name)
