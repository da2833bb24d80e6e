"""What iAM Smart's specification leaves unsure, each as likely as we could make it.

The official specification was not at hand. Every option here is a guess from what
independent public clients do; compare each with the specification before relying on it.
"""

from enum import StrEnum

import msgspec

from adapters.hk.wrapping import RsaPadding
from identity.model import Scope

PROFILE_FIELDS = ("idNo", "enName", "chName", "birthDate", "gender")
FORM_FIELDS = ("mobileNumber", "emailAddress", "residentialAddress", "postalAddress")


class Entry(StrEnum):
    """Where a person is sent first: a page with a QR code, one that finds the app, the app."""

    PAGE = "page"
    BROKER = "broker"
    APP = "app"


class HashCode(StrEnum):
    """How the digest of what is signed is written."""

    BASE64 = "base64"
    HEX = "hex"


class Covers(StrEnum):
    """What a signature covers: the document itself, or the text of its hash code once more."""

    DOCUMENT = "document"
    HASH_CODE = "hash-code"


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of an operator's; whatever it leaves out is as it is here.

    Unsure: `rsa_padding`, of which public clients use all three.
    Unsure: `source`: beyond `PC_Browser` and `App_Scheme` it names the phone's browser.
    Unsure: `app_link`, `app_sign_in` and `app_paths`: what opens the app, and where.
    Unsure: `scopes`: whether a purpose wants these and no more.
    Unsure: `second_page_by_qr`: one client sends the person to a second code if
    `authByQR` is true, another opens the app with the ticket if it is false.
    Unsure: `in_person_user_types`, the `userType` values whose holders registered
    in person; none are known, so every account counts as verified remotely.
    Unsure: `form_fields`, and whether the form's description must be registered.
    Unsure: `hash_code`, `signature_covers` and `sig_algo` of a signature.
    Unsure: `signing_code`: one client shows digits derived as `adapters.hk.signing_code`
    says; where they differ from the app's, nobody should sign, so turn them off.
    Unsure: `signing_result`, the word that acknowledges a signature, and `passed`,
    the words that say a step-up went well.
    Unsure: `stale_key_codes`, the result codes that mean our content key was withdrawn.
    """

    rsa_padding: RsaPadding = RsaPadding.OAEP_SHA256
    entry: Entry = Entry.PAGE
    source: str = "PC_Browser"
    app_link: str = "hk.gov.iamsmart://"
    app_sign_in: str = "auth/iAmSmartLogin"
    app_paths: dict[Scope, str] = msgspec.field(
        default_factory=lambda: {
            Scope.PROFILE: "profile",
            Scope.FORM_FILLING: "eme",
            Scope.STEP_UP: "re-auth",
            Scope.SIGNING: "hash-sign",
        }
    )
    scopes: dict[Scope, str] = msgspec.field(
        default_factory=lambda: {
            Scope.PROFILE: "eidapi_auth eidapi_profiles",
            Scope.FORM_FILLING: "eidapi_auth eidapi_formFilling",
            Scope.STEP_UP: "eidapi_auth eidapi_fr",
            Scope.SIGNING: "eidapi_auth eidapi_sign",
        }
    )
    second_page_by_qr: bool = True
    profile_fields: tuple[str, ...] = PROFILE_FIELDS
    form_fields: tuple[str, ...] = FORM_FIELDS
    form_name: str = "Tongban"
    form_number: str = "TB-1"
    form_description: str = "Tongban application"
    in_person_user_types: frozenset[str] = frozenset()
    department: str = "Tongban"
    service_name: str = "Tongban"
    hash_code: HashCode = HashCode.BASE64
    sig_algo: str = "SHA256withRSA"
    signature_covers: Covers = Covers.DOCUMENT
    signing_code: bool = True
    signing_result: str = "success"
    passed: frozenset[str] = frozenset({"true", "y", "1"})
    stale_key_codes: frozenset[str] = frozenset({"D20005"})
    connect_seconds: float = 5.0
    total_seconds: float = 10.0

    def __post_init__(self) -> None:
        """Refuse options that name a scope only in part, or a time that is none."""
        if set(self.app_paths) != set(Scope) or set(self.scopes) != set(Scope):
            raise ValueError("`app_paths` and `scopes` name every purpose, or are left out")
        if not 0 < self.connect_seconds <= self.total_seconds <= 60:
            raise ValueError(
                "the timeouts are above 0, at most 60, and total not below connect"
            )


def read_options(text: bytes) -> Options:
    """Return the options in a JSON file, or raise `ValueError` saying what does not fit."""
    try:
        return msgspec.json.decode(text, type=Options)
    except msgspec.DecodeError as error:
        raise ValueError(f"the options do not fit: {error}") from error
