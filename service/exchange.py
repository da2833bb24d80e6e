"""A partner's message on its way in: read, believed as far as its proof goes, and taken.

The acknowledgement leaves only after the inbox has recorded the message, and is the
same for the same message, however often it comes.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from adapters.panprd.acks import Ack, write_ack
from adapters.panprd.messages import MESSAGE, Letter, read_message
from adapters.panprd.parcels import Evidenced
from cose import Signer
from identity import SealingKey, Trust
from identity.errors import TokenRefused
from identity.refusals import SignedButNotAgreed
from ledger.agreements import Mode
from ledger.codec import Codec
from ledger.ports import Awaited, Incoming, Message, Received
from ledger.transparency import LogKeys, leaf_hash
from service.evidence import logged_as_sent

_COLLECTED: Final = frozenset[Mode]({"collect"})
_JOINT: Final = frozenset[Mode]({"joint"})
_ANY: Final = frozenset[Mode]({"online", "collect", "joint"})
MODES: Final[Mapping[str, frozenset[Mode]]] = {
    "application.forwarded": _COLLECTED,
    "correction.forwarded": _COLLECTED,
    "supplement.forwarded": _COLLECTED,
    "case.progressed": _ANY,
    "review.requested": _JOINT,
    "opinion.given": _JOINT,
    "message.refused": _ANY,
}
"""Which ways of handling a case across regions a message of each kind belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A message that its sender signed for us; what proves it is still to be checked."""

    letter: Letter
    evidenced: Evidenced

    @property
    def sender(self) -> str:
        return self.letter.claims.issuer


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """We, as partners hand messages to us.

    `boxes` gives the keys that open what is sealed to us, and `promised` the kids of
    those that our key set tells; `log_keys` a partner's log as its key set names it,
    `modes` what we agreed with a partner, and `partners` whom we have any agreement with.
    """

    name: str
    signer: Callable[[], Signer]
    trust: Trust
    boxes: Callable[[], Collection[SealingKey]]
    log_keys: Callable[[str], LogKeys]
    modes: Callable[[str], Collection[Mode]]
    partners: Callable[[], Collection[str]]
    inbox: Incoming
    codec: Codec
    clock: Callable[[], datetime]
    promised: Callable[[], Collection[bytes]] = tuple

    def read(self, body: bytes) -> Offered:
        """Return the message in `body`, or raise `TokenRefused` or `NotAgreed`."""
        evidenced = Evidenced.parse(body)
        offered = Offered(
            letter=read_message(evidenced.token, self.trust, self.name), evidenced=evidenced
        )
        kind = offered.letter.claims.kind
        # One of a kind we do not know is taken, to be refused where the sender sees it.
        if not MODES.get(kind, _ANY) & set(self.modes(offered.sender)):
            raise SignedButNotAgreed(
                "messages of this kind are not agreed between us",
                issuer=offered.sender,
                typ=MESSAGE,
                digest=offered.letter.digest,
            )
        return offered

    def take(self, offered: Offered) -> bytes:
        """Have the message recorded and done, and return what proves it to the sender.

        Raises `TokenRefused` for a message that its sender's log does not hold, and
        what the inbox raises.
        """
        letter, claims, now = offered.letter, offered.letter.claims, self.clock()
        logged_at = logged_as_sent(
            offered.evidenced,
            self.log_keys(offered.sender),
            self.codec,
            to=self.name,
            sequence=claims.sequence,
            digest=letter.digest,
        )
        letter.check_logged(logged_at, now=now)
        message = self._opened(letter)
        taken = self.inbox.take(
            Received(
                region=offered.sender,
                sequence=claims.sequence,
                digest=letter.digest,
                token=offered.evidenced.token,
                message=message or Message(kind=claims.kind, about=claims.about, content={}),
                entry=offered.evidenced.entry,
                receipt=offered.evidenced.receipt,
                previous=claims.previous,
                readable=message is not None,
            )
        )
        ack = Ack(
            issuer=self.name,
            audience=offered.sender,
            issued_at=now.replace(microsecond=0),
            sequence=claims.sequence,
            digest=letter.digest,
            position=taken.position,
            entry=leaf_hash(taken.entry),
        )
        token = write_ack(self.signer(), ack)
        return bytes(Evidenced(token=token, entry=taken.entry, receipt=taken.receipt))

    def _opened(self, letter: Letter) -> Message | None:
        """Return what the message says, or `None` where nobody here will ever read it.

        Raises `TokenRefused` where the key that opens it is still to be brought to this
        server from another one of its log.
        """
        boxes, kid = self.boxes(), letter.claims.sealed.kid
        try:
            return letter.open(boxes)
        except TokenRefused:
            if kid in self.promised() and all(kid != box.kid for box in boxes):
                raise
            return None

    def awaited(self, digest: bytes) -> "Named | None":
        """Return what the message of this digest named, whichever partner it is of."""
        for region in self.partners():
            awaited = self.inbox.awaited(region, digest)
            if awaited is not None:
                return Named(sender=region, awaited=awaited)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Materials that a message of `sender` named."""

    sender: str
    awaited: Awaited
