"""Us as a region: the keys others know us by, and the regions we know."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from cose import encode
from identity import Answerer, Asker, Trust
from identity.policy import Policy
from identity.ports import ResidentRegister
from ledger.subject_events import Standing
from service.own_keys import OwnKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One region's own keys, its trust in others, and what it agreed with them."""

    name: str
    own: OwnKeys
    trust: Trust
    policy: Policy
    pseudonyms: bytes = field(repr=False)

    def asker(self) -> Asker:
        """Return us in the role of asking others about their residents."""
        return Asker(
            issuer=self.name,
            signer=self.own.signing("region"),
            trust=self.trust,
            policy=self.policy,
        )

    def answerer(self, register: ResidentRegister) -> Answerer:
        """Return us in the role of answering others about our residents."""
        return Answerer(
            issuer=self.name,
            signer=self.own.signing("region"),
            trust=self.trust,
            policy=self.policy,
            sealing_keys=self.own.sealing_keys,
            pseudonym_key=self.pseudonyms,
            register=register,
        )

    def current_pseudonym(
        self,
        standing: Callable[[str], Standing],
        jurisdiction: str,
        method: str,
        account: str,
    ) -> str:
        """Name a provider's account here as it is named since its last erasure.

        Who was erased and comes again is a stranger, under a name of their own.
        """
        names = (self.pseudonym(jurisdiction, method, account, life) for life in count())
        return next(name for name in names if standing(name) is not Standing.ERASED)

    def pseudonym(self, jurisdiction: str, method: str, account: str, life: int = 0) -> str:
        """Name a provider's account here: always alike, not to be undone without the key."""
        message = encode(["subject", jurisdiction, method, account, *([life] if life else [])])
        return f"subject:{hmac.digest(self.pseudonyms, message, 'sha256').hex()[:32]}"
