"""How each of our errors is told over HTTP: one table, kept complete by a test."""

from cose import CoseError
from identity.errors import (
    CallbackRefused,
    IdentityError,
    ProviderUnavailable,
    TokenRefused,
    VerificationDeclined,
)
from ledger.errors import (
    CaseChanged,
    CaseNotFound,
    CommandRejected,
    CommandReused,
    EntryTooLarge,
    HomeBusy,
    HomeUnusable,
    LedgerError,
    LogDamaged,
    MaterialNotFound,
    MaterialRefused,
    NotAllowed,
    UnknownItem,
    UsedBefore,
    ViewBehind,
)
from rest import Problem

PROBLEMS: dict[type[Exception], Problem] = {
    CommandRejected: Problem(status=422, title="A rule of the procedure refuses this"),
    NotAllowed: Problem(status=403, title="You may not do this"),
    # Quiet, so that a case one may not know of is answered like one that is not there.
    CaseNotFound: Problem(status=404, title="There is no such case", quiet=True),
    CaseChanged: Problem(status=409, title="The case has changed; read it again"),
    CommandReused: Problem(status=422, title="This idempotency key was used for another body"),
    UsedBefore: Problem(status=409, title="This was used once already"),
    UnknownItem: Problem(status=404, title="There is no such service item"),
    MaterialRefused: Problem(status=422, title="The material was not accepted"),
    MaterialNotFound: Problem(status=404, title="There is no such material"),
    EntryTooLarge: Problem(status=413, title="This is more than one entry can hold"),
    ViewBehind: Problem(status=503, title="Not there yet; try again", retry_after=1),
    LogDamaged: Problem(status=500, title="The record cannot be read", quiet=True),
    HomeBusy: Problem(status=503, title="Another process is writing", quiet=True),
    HomeUnusable: Problem(status=503, title="The service cannot write", quiet=True),
    LedgerError: Problem(status=500, title="We failed; try later", quiet=True),
    TokenRefused: Problem(status=401, title="The token was refused", quiet=True),
    CallbackRefused: Problem(status=400, title="The callback was refused", quiet=True),
    VerificationDeclined: Problem(status=403, title="No identity was established"),
    ProviderUnavailable: Problem(
        status=503, title="The other side cannot be reached; try again", retry_after=30
    ),
    IdentityError: Problem(status=400, title="No identity was established", quiet=True),
    CoseError: Problem(status=400, title="The message was refused", quiet=True),
}
