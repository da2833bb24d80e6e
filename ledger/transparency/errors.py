"""What can be wrong with a proof, a note, a receipt or what a log asks of a witness.

The class says what was refused; the message says why, and holds no key,
signature or entry.
"""

from ledger.errors import LedgerError


class TransparencyError(LedgerError):
    """The root: this does not prove what it is offered for."""


class ProofRefused(TransparencyError):
    """Not a Merkle proof, or not one of this."""


class TileRefused(TransparencyError):
    """Not a tile, not its path, or not as wide as the tree has it."""


class NoteRefused(TransparencyError):
    """Not a signed note or a checkpoint, or not signed by who has to."""


class ReceiptRefused(TransparencyError):
    """Not a receipt of this entry from this log."""


class CertificateRefused(TransparencyError):
    """Not a certificate of a view of this log."""


class BundleRefused(TransparencyError):
    """One check of an offline bundle failed; `check` is its name."""

    def __init__(self, check: str, why: str) -> None:
        super().__init__(f"{check}: {why}")
        self.check = check


class WitnessRefused(TransparencyError):
    """The root of what a witness answers instead of a cosignature."""


class RequestMalformed(WitnessRefused):
    """Not a request to add a checkpoint (400)."""


class CheckpointNotSigned(WitnessRefused):
    """No key we trust for this log signed this checkpoint (403)."""


class OriginUnknown(WitnessRefused):
    """A log we do not watch (404)."""


class OldSizeDiffers(WitnessRefused):
    """The log starts from another size than we cosigned last; `known_size` is ours (409)."""

    def __init__(self, known_size: int) -> None:
        super().__init__(f"the checkpoint cosigned last has size {known_size}")
        self.known_size = known_size


class CheckpointInconsistent(WitnessRefused):
    """The tree does not continue the one we cosigned last (422)."""
