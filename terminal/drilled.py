"""What a drill found, as lines or as JSON."""

from collections.abc import Iterator
from typing import Any

from ledger.keeping import Drilled


def drill_lines(found: Drilled) -> Iterator[str]:
    """Tell a drill in lines, the verdict last."""
    behind = found.live_position - found.position
    size = f"{found.bytes / 1_000_000:,.1f} MB"
    yield f"{found.position:,} entries, {size}; {behind:,} behind now"
    for each in found.views:
        yield f"{each.view}: {'agrees' if each.agrees else 'DIFFERS'}, {each.restored[:16]}"
    if found.repeated:
        yield f"decided about persons since, and repeated: {found.repeated}"
    yield ", ".join(f"{what} in {seconds:.1f} s" for what, seconds in found.seconds.items())
    yield from found.problems
    yield "the backup would do" if found.passed else "the backup would NOT do"


def drill_shown(found: Drilled) -> dict[str, Any]:
    """Tell a drill in JSON's own types."""
    return {
        "passed": found.passed,
        "position": found.position,
        "live_position": found.live_position,
        "bytes": found.bytes,
        "repeated": found.repeated,
        "views": [
            {
                "view": each.view,
                "agrees": each.agrees,
                "restored": each.restored,
                "live": each.live,
            }
            for each in found.views
        ],
        "problems": list(found.problems),
        "seconds": found.seconds,
    }
