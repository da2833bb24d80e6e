"""What can be wrong with an evidence package; the family is that of proofs."""

from ledger.transparency import TransparencyError


class EvidenceRefused(TransparencyError):
    """One check of an evidence package failed; `check` is its name."""

    def __init__(self, check: str, why: str) -> None:
        super().__init__(f"{check}: {why}")
        self.check = check
