"""What is said inside the sealed bodies, in both directions.

Times are milliseconds. Unsure: that `expiresIn` is; one public client reads it so.
"""

from typing import Annotated

import msgspec

from adapters.hk.wire import Message

Text = Annotated[str, msgspec.Meta(max_length=200)]
Secret = Annotated[str, msgspec.Meta(max_length=2000)]
Milliseconds = Annotated[int, msgspec.Meta(gt=0, le=10**14)]


class ContentKey(Message, frozen=True, kw_only=True):
    """`getKey` answers, in clear: a key wrapped for the RSA key we registered."""

    secret_key: Secret
    pub_key: Secret = ""
    issue_at: Milliseconds
    expires_in: Milliseconds


class CodeForToken(Message, frozen=True, kw_only=True):
    """`getToken` is asked."""

    code: Secret
    grant_type: Text = "authorization_code"


class Token(Message, frozen=True, kw_only=True):
    """`getToken` answers; `open_id` names the person to this service alone."""

    access_token: Secret
    token_type: Text = ""
    issue_at: Milliseconds
    expires_in: Milliseconds
    open_id: Text = msgspec.field(name="openID")
    last_modified_date: int = 0
    user_type: Text = ""
    scope: Text = ""


class ProfileRequest(Message, frozen=True, kw_only=True):
    """`profile/initiateRequest` is asked; the profile comes later, to `redirect_uri`."""

    business_id: Text = msgspec.field(name="businessID")
    access_token: Secret
    open_id: Text = msgspec.field(name="openID")
    source: Text
    redirect_uri: Secret = msgspec.field(name="redirectURI")
    state: Text
    profile_fields: tuple[Text, ...]


class ProfileBegun(Message, frozen=True, kw_only=True):
    """`profile/initiateRequest` answers: ask in the app, or by a second code to scan."""

    auth_by_qr: bool = msgspec.field(name="authByQR", default=False)
    ticket_id: Text = msgspec.field(name="ticketID", default="")


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


class ProfileContent(Message, frozen=True, kw_only=True, omit_defaults=True):
    """The callback's content: a profile, or no more than the transaction refused.

    Unsure: how names are nested, so a bare text is read as well.
    """

    business_id: Text = msgspec.field(name="businessID")
    state: Text | None = None
    id_no: IdNo | None = None
    en_name: EnglishName | Text | None = None
    ch_name: ChineseName | Text | None = None
    birth_date: Text | None = None
    gender: Text | None = None
