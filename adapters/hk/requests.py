"""What iAM Smart is asked for, once a person has signed in: a path and a message each."""

from collections.abc import Mapping
from typing import assert_never

from adapters.hk.messages import (
    FormRequest,
    ProfileRequest,
    Request,
    SigningRequest,
    StepUpRequest,
)
from adapters.hk.options import Options
from adapters.hk.settings import IamSmartSettings
from adapters.hk.signature import write_digest
from identity.model import Document, Grant, Scope

PATHS = {
    Scope.PROFILE: "/account/auth/profile/initiateRequest",
    Scope.FORM_FILLING: "/account/eme/initiateRequest",
    Scope.STEP_UP: "/account/stepup/initiateRequest",
    Scope.SIGNING: "/account/signing/initiateRequest",
}
LONGEST_NAME = 200


def request_for(
    scope: Scope,
    settings: IamSmartSettings,
    grant: Grant,
    *,
    transaction: str,
    document: Document | None,
) -> Request:
    """Return the message for `scope`; `ValueError` says a signature is asked of nothing."""
    options = settings.options
    head = {
        "business_id": transaction,
        "access_token": grant.access_token,
        "open_id": grant.account,
        "source": options.source,
        "redirect_uri": settings.callback_uri,
        "state": transaction,
    }
    match scope:
        case Scope.PROFILE:
            return ProfileRequest(**head, profile_fields=options.profile_fields)
        case Scope.FORM_FILLING:
            return _form(head, options)
        case Scope.STEP_UP:
            return StepUpRequest(**head)
        case Scope.SIGNING:
            return _signing(head, options, document)
        case _:
            assert_never(scope)


def _form(head: Mapping[str, str], options: Options) -> FormRequest:
    return FormRequest(
        **head,
        form_name=options.form_name,
        form_num=options.form_number,
        form_desc=options.form_description,
        eme_fields=options.form_fields,
        profile_fields=options.profile_fields,
    )


def _signing(
    head: Mapping[str, str], options: Options, document: Document | None
) -> SigningRequest:
    if document is None:
        raise ValueError("a signature is asked of no document")
    return SigningRequest(
        **head,
        hash_code=write_digest(document.digest, options.hash_code),
        sig_algo=options.sig_algo,
        department=options.department,
        service_name=options.service_name,
        document_name=document.name[:LONGEST_NAME],
    )
