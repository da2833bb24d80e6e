"""What a partner answers to a message of ours, and whether that can be relied on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from adapters.panprd.acks import read_ack
from adapters.panprd.parcels import Evidenced
from identity import Trust
from identity.errors import TokenRefused
from ledger.codec import Codec
from ledger.ports import Acknowledged, Parcel
from ledger.transparency import LogKeys, leaf_hash
from service.evidence import check_received


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgements:
    """Reads the answers of partners for us, who are called `name`."""

    name: str
    trust: Trust
    log_keys: Callable[[str], LogKeys]
    codec: Codec
    clock: Callable[[], datetime]

    def read(self, answer: bytes, region: str, parcel: Parcel) -> Acknowledged:
        """Return what `answer` proves about `parcel`, or raise `TokenRefused`."""
        evidenced, digest = Evidenced.parse(answer), sha256(parcel.token).digest()
        # 1. The acknowledgement is the partner's, for us, about this message.
        ack = read_ack(evidenced.token, self.trust, self.name, now=self.clock())
        said = (ack.issuer, ack.sequence, ack.digest)
        if said != (region, parcel.sequence, digest):
            raise TokenRefused("acknowledgement: of another message")
        # 2. The entry beside it is the one it names.
        if ack.entry != leaf_hash(evidenced.entry):
            raise TokenRefused("acknowledgement: of another entry")
        # 3. The partner's log holds that entry, and it says that our message was received.
        check_received(
            evidenced,
            self.log_keys(region),
            self.codec,
            sender=self.name,
            sequence=parcel.sequence,
            digest=digest,
        )
        return Acknowledged(
            digest=digest,
            position=ack.position,
            entry=evidenced.entry,
            receipt=evidenced.receipt,
        )
