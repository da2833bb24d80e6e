"""What a log's activities mean in the ledger, and how a case's status follows.

A mapping is the operator's data, recorded with what it was used on. Its
regular expressions are tried in the order of their text, not of the file: two
files that say the same have the same digest, and do the same.
"""

import hashlib
import json
import re
from collections.abc import Collection
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct, field

from ledger.importing.errors import MappingError, XesError
from ledger.importing.fact import Fact
from ledger.importing.trace import Attribute, Event, Trace

Text = Annotated[str, Meta(min_length=1)]
Texts = Annotated[tuple[Text, ...], Meta(min_length=1)]


class Fields(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which attribute holds what.

    `zone` is where times without an offset are local; of an hour that came
    twice there, the first is meant.
    """

    case: Text
    activity: Text
    occurred_at: Text
    activity_default: Text | None = None
    answer: Text | None = None
    recorded_at: Text | None = None
    zone: Text | None = None

    def __post_init__(self) -> None:
        try:
            self.tzinfo()
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"zone {self.zone!r} is not one of the IANA time zones") from error

    def tzinfo(self) -> ZoneInfo | None:
        return None if self.zone is None else ZoneInfo(self.zone)


class Rule(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A status and what it takes; every condition given must hold, none always does."""

    status: Text
    any_of: Texts = field(default=(), name="any")
    all_of: Texts = field(default=(), name="all")
    attribute: dict[Text, Texts] = {}

    def holds(self, facts: Collection[str], attributes: Collection[tuple[str, str]]) -> bool:
        return (
            (not self.any_of or any(fact in facts for fact in self.any_of))
            and all(fact in facts for fact in self.all_of)
            and all(
                any((key, value) in attributes for value in values)
                for key, values in self.attribute.items()
            )
        )


class Mapping(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, dict=True):
    """A mapping that was read whole and found sound."""

    fields: Fields
    facts: dict[Text, Text]
    statuses: tuple[Rule, ...]
    folds: dict[Text, Text] = field(default_factory=dict, name="same_activity")
    about: str = ""
    notes: tuple[str, ...] = ()

    @staticmethod
    def load(data: bytes) -> "Mapping":
        """Read a mapping file, or what `dump` wrote; `MappingError` names what is wrong."""
        try:
            return msgspec.convert(json.loads(data, object_pairs_hook=_unique), Mapping)
        except msgspec.ValidationError as error:
            raise MappingError(f"the mapping does not hold: {error}") from error
        except (ValueError, RecursionError) as error:
            raise MappingError(f"the mapping is not JSON: {error}") from error

    def __post_init__(self) -> None:
        if not any(rule.holds((), ()) for rule in self.statuses):
            raise ValueError(
                "`statuses` needs one without a condition, for cases no other fits"
            )
        known = set(self.facts.values())
        for rule in self.statuses:
            for fact in (*rule.any_of, *rule.all_of):
                if fact not in known:
                    raise ValueError(
                        f"status {rule.status!r} asks for {fact!r}, not in `facts`"
                    )
        for pattern in self.folds:
            _compiled(pattern)

    def dump(self) -> bytes:
        """The one form of what this mapping says, as it is recorded in the log."""
        return msgspec.json.encode(self, order="sorted")

    @cached_property
    def digest(self) -> str:
        """SHA-256 of `dump`, in hexadecimal."""
        return hashlib.sha256(self.dump()).hexdigest()

    def case_of(self, trace: Trace) -> str:
        """The register's number of the case that `trace` is of."""
        number = _values(trace.attributes, trace.line).get(self.fields.case)
        if not number:
            raise XesError(
                f"a trace has no {self.fields.case!r} to tell its case", line=trace.line
            )
        return number

    def fact_of(self, event: Event) -> Fact:
        """What `event` says. `XesError` if it has no activity or no time."""
        fields, line = self.fields, event.line
        values = _values(event.attributes, line)
        activity = values.get(fields.activity) or fields.activity_default
        if not activity:
            raise XesError(
                f"an event has no {fields.activity!r} to tell what it was", line=line
            )
        answer = values.get(fields.answer) if fields.answer else None
        occurred_at = self._time(values, fields.occurred_at, line)
        if occurred_at is None:
            raise XesError(f"an event has no time in {fields.occurred_at!r}", line=line)
        return Fact(
            activity=activity,
            answer=answer,
            fact=self.facts.get(f"{activity}={answer}") or self.facts.get(activity),
            occurred_at=occurred_at,
            source_recorded_at=self._time(values, fields.recorded_at, line),
            matched=tuple((key, values[key]) for key in self._asked_about if key in values),
            attributes=event.attributes,
        )

    def same_activity(self, activity: str) -> str:
        """The name under which two deliveries may speak of the same activity."""
        return next((to for whole, to in self._folds if whole.fullmatch(activity)), activity)

    def status(
        self, facts: Collection[str], attributes: Collection[tuple[str, str]] = ()
    ) -> str:
        """The last status that holds, given what a case's events say and have `matched`."""
        return [rule.status for rule in self.statuses if rule.holds(facts, attributes)][-1]

    @cached_property
    def _folds(self) -> list[tuple[re.Pattern[str], str]]:
        return [(_compiled(pattern), self.folds[pattern]) for pattern in sorted(self.folds)]

    @cached_property
    def _asked_about(self) -> list[str]:
        return sorted({key for rule in self.statuses for key in rule.attribute})

    @cached_property
    def _zone(self) -> ZoneInfo | None:
        return self.fields.tzinfo()

    def _time(self, values: dict[str, str], key: str | None, line: int) -> datetime | None:
        text = values.get(key) if key else None
        if not text:
            return None
        try:
            time = datetime.fromisoformat(text)
            if time.tzinfo is None and self._zone is None:
                raise XesError(f"{key!r} has no offset and the mapping no zone", line=line)
            return (time if time.tzinfo else time.replace(tzinfo=self._zone)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise XesError(f"{key!r} is not a time in ISO 8601", line=line) from error


def _values(attributes: tuple[Attribute, ...], line: int) -> dict[str, str]:
    values = {attribute.key: attribute.value for attribute in attributes}
    if len(values) != len(attributes):
        raise XesError("an attribute stands twice, and we cannot tell which counts", line=line)
    return values


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(
            f"same_activity {pattern!r} is no regular expression: {error}"
        ) from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise MappingError(f"the mapping has {min(twice)!r} twice; keep one")
    return dict(pairs)
