"""How the views stand, and what was certified of one."""

from typing import TypedDict

from ledger.answers.cases import Moment, Position
from ledger.projections.standing import Standing


class Views(TypedDict):
    """How each view stands."""

    views: list[Standing]


class Certificate(TypedDict):
    """What a view's certificate says; hashes are in hex."""

    log: str
    view: str
    version: int
    position: Position
    root: str
    digest: str
    issued_at: Moment
