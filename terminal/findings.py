"""What an audit found."""

from collections.abc import Iterator

from ledger.finding import Findings


def finding_lines(findings: Findings) -> Iterator[str]:
    """Yield what was looked at, then each problem with its position, the first first."""
    yield f"{findings.entries:,} entries of {findings.streams:,} streams were read"
    for finding in findings.wrong:
        yield f"  position {finding.position:,}: {finding.problem}"
    yield "nothing is wrong" if not findings.wrong else "something is wrong"
