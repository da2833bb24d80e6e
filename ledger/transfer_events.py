"""What is recorded of personal data that went to another region, sealed or not.

The register that the Greater Bay Area contract and PIPL art. 55 and 56 ask for.
Nothing in it is personal: categories are named, never their values.
"""

from collections.abc import Mapping
from datetime import datetime

from ledger.personal import Recorded


class TransferRecorded(Recorded, frozen=True):
    """Personal data of these categories were sent to `recipient`, for one purpose.

    `contract` is what allows it between the two regions, `basis` the law's ground.
    `cause` is the id of the verification or the digest of the message they went with.
    """

    contract: str
    recipient: str
    categories: tuple[str, ...]
    purpose: str
    basis: str
    cause: str
    sent_at: datetime


TransferEvent = TransferRecorded

TRANSFER_EVENTS: Mapping[str, type[TransferEvent]] = {
    "transfer.recorded.v1": TransferRecorded,
}
