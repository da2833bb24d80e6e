"""A case step by step, and what became of it between two points."""

from ledger.replaying.changes import Change, Point, Step, diff, steps
from ledger.replaying.picture import HiddenAt, Picture

__all__ = ["Change", "HiddenAt", "Picture", "Point", "Step", "diff", "steps"]
