"""What can come of a call besides its answer."""

from collections.abc import Mapping
from typing import Any


class ClientError(Exception):
    """A call had no answer that is of use."""


class Refused(ClientError):
    """The service said no; `type` is stable, and followed it says what to do about it."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.type = str(problem.get("type", "about:blank"))
        self.title = str(problem.get("title", ""))
        self.detail = str(problem.get("detail", ""))
        self.field: str | None = problem.get("field")
        self.members = problem
        where = "" if self.field is None else f"{self.field}: "
        why = f": {where}{self.detail}" if self.detail else ""
        super().__init__(f"{status} {self.name}: {self.title}{why}")

    @property
    def name(self) -> str:
        """The last part of the type, such as `case-changed`."""
        return self.type.rpartition("/")[2]


class Interrupted(ClientError):
    """No answer came, however often it was asked for; sent again, a POST still counts once."""


class Misread(ClientError):
    """The answer is not of the type it is said to be of: this client is too old, or too new."""
