"""The ways to contest a decision, told with every one that turns someone away.

Not telling them extends the term for reconsideration to a year.
"""

from ledger.catalogue import Authority
from ledger.errors import CommandRejected

MAINLAND = (
    "administrative reconsideration within 60 days of learning of the decision"
    " (Administrative Reconsideration Law art. 20)",
    "administrative suit within six months (Administrative Litigation Law art. 46)",
)


def remedies(named: tuple[str, ...], authority: Authority) -> tuple[str, ...]:
    """Return the remedies `named`, or the mainland's own; elsewhere they must be named."""
    if named:
        return named
    if authority.calendar == "CN":
        return MAINLAND
    raise CommandRejected("remedies: name the ways to contest this decision")
