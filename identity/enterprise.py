"""Enterprises, and what is known of somebody who says they act for one.

An enterprise is found by its own number, and its page in the ledger is a
pseudonym as a person's is: a sole trader's number is personal too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from identity.documents import Document
from identity.model import Answer, Assurance

NUMBERS = (Document.UNIFIED_SOCIAL_CREDIT, Document.HK_BUSINESS_REGISTRATION)
"""What an enterprise is known by: on the mainland, and in Hong Kong."""


class Capacity(StrEnum):
    """As what somebody acts; only an agent's authority has a scope and a last day."""

    LEGAL_REPRESENTATIVE = "legal_representative"
    OFFICER = "officer"
    AGENT = "agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enterprise:
    """An enterprise by its number, normalised and well-formed."""

    document: Document
    number: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """What a register says of somebody acting for an enterprise.

    `scope` names service items, and is empty for all of them; `until` is the last day.
    """

    answers: Mapping[str, Answer]
    assurance: Assurance
    method: str
    source_as_of: datetime
    scope: tuple[str, ...] = ()
    until: date | None = None
