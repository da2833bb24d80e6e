"""Which cases are asked for, and the rows of the case list as they are answered."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which cases to list; whatever is left out does not narrow the list."""

    register: str | None = None
    status: str | None = None
    authority: str | None = None
    subject: str | None = None
    after: str | None = None
    limit: int | None = None

    def narrowed(self, *, authority: str | None = None, subject: str | None = None) -> "Which":
        """Return this, for one authority or one subject, whatever was asked."""
        return replace(
            self,
            authority=self.authority if authority is None else authority,
            subject=self.subject if subject is None else subject,
        )


def page(which: Which) -> tuple[str, dict[str, Any]]:
    """Return what selects a page of the case list, and its values."""
    where, values = narrowing(which)
    limit = "" if which.limit is None else f" LIMIT {which.limit:d}"
    return f"SELECT * FROM cases WHERE {where} ORDER BY id{limit}", values


def shown(row: Row) -> Row:
    """Return `row` with its case's id as it is written elsewhere."""
    return row | {"id": str(UUID(hex=row["id"]))}


def narrowing(which: Which) -> tuple[str, dict[str, Any]]:
    """Return the condition that rows have to meet, and its values."""
    names = ("register", "status", "authority", "subject")
    wanted = {name: getattr(which, name) for name in names}
    conditions = [f"{name} = :{name}" for name, value in wanted.items() if value is not None]
    if which.after is not None:
        conditions.append("id > :after")
    return " AND ".join(conditions) or "TRUE", {**wanted, "after": which.after}


def line_of(row: Row) -> str:
    """Return a case as one line, `case|status|events|first|last`."""
    first, last = (f"{row[name][:19]}Z" for name in ("first", "last"))
    return f"{row['number']}|{row['status']}|{row['events']}|{first}|{last}"
