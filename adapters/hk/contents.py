"""What a callback says, once opened: a profile, a step-up or a signature.

Unsure: which members each has, so one shape takes all of them, and what came is told
by what is there. A transaction that was refused has no more than its name.
"""

from typing import Annotated, Any

import msgspec

from adapters.hk.messages import Secret, Text
from adapters.hk.wire import Message

Certificate = Annotated[str, msgspec.Meta(max_length=16_000)]
Address = Annotated[str, msgspec.Meta(max_length=1000)] | dict[str, Any]


class IdNo(Message, frozen=True, kw_only=True, rename="pascal"):
    """A Hong Kong identity card number in its two parts."""

    identification: Text
    check_digit: Text


class EnglishName(Message, frozen=True, kw_only=True, rename="pascal"):
    """A name in Latin script, as it stands on the card."""

    unstructured_name: Text


class ChineseName(Message, frozen=True, kw_only=True, rename="pascal"):
    """A name in Chinese script, as it stands on the card."""

    chinese_name: Text


class FormFields(Message, frozen=True, kw_only=True, omit_defaults=True):
    """What a person keeps in iAM Smart for filling forms.

    Unsure: an address may be an object; such a one is left out of what we read.
    """

    mobile_number: Text | None = None
    email_address: Text | None = None
    residential_address: Address | None = None
    postal_address: Address | None = None


class Content(Message, frozen=True, kw_only=True, omit_defaults=True):
    """The content of any callback.

    Unsure: how names are nested, so a bare text is read as well; and whether form
    fields stand in an object of their own, as they do here.
    """

    business_id: Text = msgspec.field(name="businessID")
    state: Text | None = None
    id_no: IdNo | None = None
    en_name: EnglishName | Text | None = None
    ch_name: ChineseName | Text | None = None
    birth_date: Text | None = None
    gender: Text | None = None
    eme_fields: FormFields | None = msgspec.field(name="eMEFields", default=None)
    is_passed: bool | Text | None = None
    hash_code: Text | None = None
    signature: Secret | None = None
    cert: Certificate | None = None
