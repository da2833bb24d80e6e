"""What is recorded of binding an account to a Mainland Travel Permit.

A binding is agreed, never computed: consent comes first and says to what words.
One stream an account holds all of its bindings, one after the other.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from ledger.personal import Personal, Recorded


class BindingConsented(Recorded, frozen=True):
    """The person agreed to have this permit checked and bound, in words that are kept.

    `digest` is the SHA-256 of the wording in that version and language.
    """

    binding: UUID
    wording: int
    language: str
    digest: str
    permit: Personal[str]


class BindingLinked(Recorded, frozen=True):
    """The register of permits confirmed the holder, field by field."""

    binding: UUID
    answers: Mapping[str, str]
    method: str
    assurance: int
    source_as_of: datetime


class BindingRefused(Recorded, frozen=True):
    """Nothing was bound; `reason` is a word of ours."""

    binding: UUID
    reason: str
    answers: Mapping[str, str]


class BindingUnlinked(Recorded, frozen=True):
    """The person asked for the binding to end."""

    binding: UUID


BindingEvent = BindingConsented | BindingLinked | BindingRefused | BindingUnlinked

BINDING_EVENTS: Mapping[str, type[BindingEvent]] = {
    "binding.consented.v1": BindingConsented,
    "binding.linked.v1": BindingLinked,
    "binding.refused.v1": BindingRefused,
    "binding.unlinked.v1": BindingUnlinked,
}
