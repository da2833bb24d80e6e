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

    access_token: Annotated[Secret, msgspec.Meta(min_length=1)]
    token_type: Text = ""
    issue_at: Milliseconds
    expires_in: Milliseconds
    open_id: Annotated[Text, msgspec.Meta(min_length=1)] = msgspec.field(name="openID")
    last_modified_date: int = 0
    user_type: Text = ""
    scope: Text = ""


class Request(Message, frozen=True, kw_only=True):
    """What every `initiateRequest` is asked; the answer comes later, to `redirect_uri`."""

    business_id: Text = msgspec.field(name="businessID")
    access_token: Secret
    open_id: Text = msgspec.field(name="openID")
    source: Text
    redirect_uri: Secret = msgspec.field(name="redirectURI")
    state: Text


class ProfileRequest(Request, frozen=True, kw_only=True):
    """`account/auth/profile/initiateRequest` is asked."""

    profile_fields: tuple[Text, ...]


class FormRequest(Request, frozen=True, kw_only=True):
    """`account/eme/initiateRequest` is asked: what the person keeps for filling forms."""

    form_name: Text
    form_num: Text
    form_desc: Text
    eme_fields: tuple[Text, ...] = msgspec.field(name="eMEFields")
    profile_fields: tuple[Text, ...]


class StepUpRequest(Request, frozen=True, kw_only=True):
    """`account/stepup/initiateRequest` is asked: that the person shows their face."""


class SigningRequest(Request, frozen=True, kw_only=True):
    """`account/signing/initiateRequest` is asked.

    `HKICHash`, which binds the certificate to a card, is left out: the number is not
    ours to hash, and its plain digest can be undone. Unsure: whether it may be absent.
    """

    hash_code: Text
    sig_algo: Text
    department: Text
    service_name: Text
    document_name: Text


class Begun(Message, frozen=True, kw_only=True):
    """Every `initiateRequest` answers: ask in the app, or by a ticket to visit."""

    auth_by_qr: bool = msgspec.field(name="authByQR", default=False)
    ticket_id: Text = msgspec.field(name="ticketID", default="")


class SigningAck(Message, frozen=True, kw_only=True):
    """`account/signing/ackResult` is asked, once the signature is recorded."""

    business_id: Text = msgspec.field(name="businessID")
    signing_result: Text
