"""How each of our errors is told over HTTP: one table, kept complete by a test."""

from cose import CoseError
from identity.errors import (
    CallbackRefused,
    CodeNeeded,
    IdentityError,
    KeyMissing,
    NotAgreed,
    ProviderUnavailable,
    TokenRefused,
    VerificationDeclined,
)
from identity.status_checking import StatusUnknown
from ledger.calendar import CalendarError
from ledger.catalogue import CatalogueError
from ledger.errors import (
    AheadOfLog,
    CaseChanged,
    CaseNotFound,
    CommandRejected,
    CommandReused,
    Contradicted,
    EntryNotFound,
    EntryTooLarge,
    HomeBusy,
    HomeUnusable,
    IdentityTakenBack,
    LedgerError,
    LogDamaged,
    MaterialNotFound,
    MaterialRefused,
    NotAllowed,
    NotCertified,
    NotPublished,
    OutcomeUnknown,
    OutOfOrder,
    PersonErased,
    PreconditionFailed,
    RequestUnfinished,
    StepUpNeeded,
    SubscriptionNotFound,
    Unavailable,
    UnknownItem,
    UsedBefore,
    ViewBehind,
    ViewNotFound,
)
from ledger.exporting import ExportFailed
from ledger.importing.errors import ImportRefused
from ledger.transparency import TransparencyError
from rest import Problem
from service.webhooks.errors import AddressRefused, EndpointRefused, WebhookError


def _step_up(error: StepUpNeeded) -> dict[str, object]:
    missing = [
        {"part": each.part, "needed": each.needed, "scope": each.scope}
        for each in error.missing
    ]
    return {"missing": missing, "methods": list(error.methods)}


PROBLEMS: dict[type[Exception], Problem] = {
    CommandRejected: Problem(
        status=422,
        title="A rule of the procedure refuses this",
        advice="`detail` says which rule. Read the case: it may have moved on.",
    ),
    NotAllowed: Problem(
        status=403,
        title="You may not do this",
        advice="`detail` says whom this is for, or what you have to prove first.",
    ),
    StepUpNeeded: Problem(
        status=403,
        title="You have to prove more surely who you are",
        advice="`missing` names each part that falls short, what it has to be and the `scope`"
        " of the verification that mends it, with one of `methods`. Begin that verification,"
        " then send the same again with the session it gives, or name it, where it signs.",
        members=_step_up,
    ),
    IdentityTakenBack: Problem(
        status=409,
        title="Who the applicant is does not stand any more",
        advice="Do not grant on it; `GET /v1/cases/{case_id}/identity-status` tells of it."
        " Ask the region why. Refuse with reasons, or have the applicant apply anew.",
    ),
    # Quiet, so that a case one may not know of is answered like one that is not there.
    CaseNotFound: Problem(
        status=404,
        title="There is no such case",
        advice="Check its id. You only see cases that are yours, or your office's.",
        quiet=True,
    ),
    AheadOfLog: Problem(
        status=400,
        title="The log has not come that far",
        advice="What you know of is no part of it any more, as after a restore from a backup."
        " Begin anew, from a position that the log has or from `after=0`: some of what you were"
        " told may not stand.",
    ),
    # Quiet, so that somebody else's is answered like one that is not there.
    SubscriptionNotFound: Problem(
        status=404,
        title="There is no such subscription",
        advice="`GET /v1/subscriptions` lists those you have.",
        quiet=True,
    ),
    EndpointRefused: Problem(
        status=422,
        title="Nothing can be sent there",
        advice="`detail` says why. An endpoint has a public address with https, redirects"
        " nowhere, and answers the challenge; see the page on webhooks.",
    ),
    AddressRefused: Problem(
        status=422,
        title="This address is not called",
        advice="Only public addresses are, unless whoever runs this allows others.",
        quiet=True,
    ),
    WebhookError: Problem(
        status=422,
        title="This cannot be done with webhooks",
        advice="`detail` says why.",
    ),
    EntryNotFound: Problem(
        status=404,
        title="The case has no such entry",
        advice="Its timeline lists the entries there are, each with its version.",
    ),
    CaseChanged: Problem(
        status=409,
        title="The case has changed",
        advice="Somebody else was first. Read the case again before you decide what to do.",
    ),
    PreconditionFailed: Problem(
        status=412,
        title="It has changed since you saw it",
        advice="Read it again before you decide what to do, and send its new `ETag`.",
    ),
    CommandReused: Problem(
        status=422,
        title="This idempotency key was used for something else",
        advice="Send each new command under a new `Idempotency-Key`.",
    ),
    RequestUnfinished: Problem(
        status=409,
        title="The same request is being done, or was cut short",
        advice="Send it again after the seconds in `Retry-After`. Where this stays so, look"
        " whether it took effect, and send it anew under another `Idempotency-Key`.",
        retry_after=2,
    ),
    UsedBefore: Problem(
        status=409,
        title="This was used once already",
        advice="It is good for one time. Begin again to get another.",
    ),
    PersonErased: Problem(
        status=409,
        title="This person was erased",
        advice="Nothing of what you sent was recorded. Begin with a new verification.",
    ),
    UnknownItem: Problem(
        status=404,
        title="There is no such service item",
        advice="`/v1/items` lists those there are.",
    ),
    MaterialRefused: Problem(
        status=422,
        title="The material was not accepted",
        advice="`detail` says why. PDF, PNG and JPEG files are accepted, up to a size.",
    ),
    MaterialNotFound: Problem(
        status=404,
        title="There is no such material",
        advice="Upload it first, as the person who is going to hand it in.",
    ),
    OutOfOrder: Problem(
        status=409,
        title="An earlier message has to come first",
        advice="`detail` has the sequence to send next; then the others in order.",
    ),
    Contradicted: Problem(
        status=409,
        title="Another message of this sequence was received",
        advice="Both are recorded as an alarm. Compare your log's `message.sent.v1` with ours.",
    ),
    EntryTooLarge: Problem(
        status=413,
        title="This is more than one entry can hold",
        advice="Shorten the texts; hand in what is long as a material.",
    ),
    NotPublished: Problem(
        status=404,
        title="The log has not grown that far",
        advice="`/log/checkpoint` says how far it has. Ask for what it covers.",
    ),
    TransparencyError: Problem(
        status=400,
        title="This is no part of the log",
        advice="Tiles are named as C2SP tlog-tiles has it, each in one way.",
    ),
    ViewNotFound: Problem(
        status=404,
        title="There is no such view, or no certificate of it",
        advice="`/v1/views` lists the views there are; an operator has them certified.",
    ),
    NotCertified: Problem(
        status=409,
        title="The view cannot be certified",
        advice="`detail` says why. A rebuild mends whatever is not the log's fault.",
    ),
    ViewBehind: Problem(
        status=503,
        title="The lists are behind the log",
        advice="Nothing is lost. Try again after the seconds in `Retry-After`.",
        retry_after=1,
    ),
    OutcomeUnknown: Problem(
        status=503,
        title="It may have been recorded, and we cannot look now",
        advice="Send it again under the same `Idempotency-Key`, and it counts once. Without"
        " one, look at the case first: sent again, it might count twice.",
        retry_after=5,
    ),
    Unavailable: Problem(
        status=503,
        title="Nothing can be recorded now",
        advice="Try again after the seconds in `Retry-After`, under the same"
        " `Idempotency-Key`: whatever became of it, it then counts once.",
        retry_after=5,
    ),
    LogDamaged: Problem(
        status=500,
        title="The record cannot be read",
        advice="We are told of it. `tongban verify` names the place to whoever runs this.",
        quiet=True,
    ),
    HomeBusy: Problem(
        status=503,
        title="Another process is writing",
        advice="Try again later.",
        quiet=True,
    ),
    HomeUnusable: Problem(
        status=503,
        title="The service cannot write",
        advice="Nothing of what you sent was kept. Try again later.",
        quiet=True,
    ),
    CalendarError: Problem(
        status=500,
        title="A calendar cannot be counted on",
        advice="Whoever runs this has to mend the calendar. Try again later.",
        quiet=True,
    ),
    CatalogueError: Problem(
        status=500,
        title="The catalogue cannot be read",
        advice="Whoever runs this has to mend the catalogue. Try again later.",
        quiet=True,
    ),
    ExportFailed: Problem(
        status=507,
        title="There is no room to make this export",
        advice="Ask for fewer cases, or for `csv` or `xes`, which need none.",
        quiet=True,
    ),
    ImportRefused: Problem(
        status=500,
        title="An imported history cannot be read",
        advice="Whoever runs this has to look at the delivery it came with.",
        quiet=True,
    ),
    LedgerError: Problem(
        status=500, title="We failed", advice="We are told of it. Try again later.", quiet=True
    ),
    TokenRefused: Problem(
        status=400,
        title="The token was refused",
        advice="It is malformed, not for us, expired, or not signed by a key we trust.",
        quiet=True,
    ),
    CallbackRefused: Problem(
        status=400,
        title="This belongs to no verification",
        advice="It is not authentic, or the verification is not one that we began.",
        quiet=True,
    ),
    CodeNeeded: Problem(
        status=403,
        title="The code the person was shown is needed",
        advice="They came back in another browser than the one that began, where a page showed"
        " them six digits. Send these as `code`. A few wrong ones end the verification.",
    ),
    VerificationDeclined: Problem(
        status=403,
        title="No identity was established",
        advice="The person or the provider said no. Begin another verification.",
    ),
    StatusUnknown: Problem(
        status=503,
        title="Whether this was revoked cannot be told now",
        advice="Do not rely on it before it can. Try again after the seconds in `Retry-After`.",
        retry_after=30,
    ),
    NotAgreed: Problem(
        status=403,
        title="This was not agreed between the regions",
        advice="`detail` says what was not; `partners/` of the region that refused decides.",
    ),
    KeyMissing: Problem(
        status=503,
        title="There is no key to sign with",
        advice="The operator has to look at `tongban keys`.",
    ),
    ProviderUnavailable: Problem(
        status=503,
        title="The other side cannot be reached",
        advice="Try again after the seconds in `Retry-After`, with a new verification.",
        retry_after=30,
    ),
    IdentityError: Problem(
        status=400,
        title="No identity was established",
        advice="Begin another verification.",
        quiet=True,
    ),
    CoseError: Problem(
        status=400,
        title="The message was refused",
        advice="It is not the one form in which we read such messages.",
        quiet=True,
    ),
}
