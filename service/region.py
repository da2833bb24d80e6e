"""Us as a region: the keys others know us by, and the regions we know."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Self

from cose import ED25519, Ed25519Signer, KeyRecord, encode
from identity import Answerer, SealingKey, Trust, decode_keys
from identity.ports import ResidentRegister
from identity.status import STATUS_LIST
from identity.verifier import ASSERTION, REQUEST
from ledger.home import Home
from ledger.subject_events import Standing
from service.settings import Partner

_KEY_LIFE = timedelta(days=3650)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One region's own keys, and its trust in others."""

    name: str
    signer: Ed25519Signer
    sealing: SealingKey
    trust: Trust
    records: tuple[KeyRecord, ...]
    pseudonyms: bytes = field(repr=False)

    @classmethod
    def of(cls, name: str, home: Home, partners: Mapping[str, Partner]) -> Self:
        """Return the region whose keys are in `home`, made at its first start."""
        signer = Ed25519Signer(home.secret("region"))
        sealing = SealingKey.from_seed(home.secret("region-box"))
        made_at = home.made_at
        expires = made_at + _KEY_LIFE
        signing = KeyRecord(
            public_key=signer.public_key,
            algorithm=ED25519,
            use=frozenset({REQUEST.typ, ASSERTION.typ, STATUS_LIST}),
            not_before=made_at,
            expires=expires,
        )
        known = {region: decode_keys(bytes.fromhex(p.keys)) for region, p in partners.items()}
        return cls(
            name=name,
            signer=signer,
            sealing=sealing,
            trust=Trust(known),
            records=(signing, sealing.record(not_before=made_at, expires=expires)),
            pseudonyms=home.secret("pseudonyms"),
        )

    def answerer(self, register: ResidentRegister) -> Answerer:
        """Return us in the role of answering others about our residents."""
        return Answerer(
            issuer=self.name,
            signer=lambda: self.signer,
            trust=self.trust,
            sealing_keys=lambda: (self.sealing,),
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
