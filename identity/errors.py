"""Everything that can go wrong while finding out who someone is.

The family says which step refused. Its messages are for our own operators; a
stranger learns only the class (`service.problems`), never which byte was wrong.
What is recorded of a verification that failed is the `reason`, a word.
"""

from typing import Literal

No = Literal["cancelled", "declined", "timed_out"]


class IdentityError(Exception):
    """The root: no identity was established."""

    reason = "failed"


class TokenRefused(IdentityError):
    """A token was malformed, untrusted, expired or not meant for us."""

    reason = "refused"


class CallbackRefused(IdentityError):
    """A provider's callback was not authentic, or belongs to nothing we began."""


class VerificationDeclined(IdentityError):
    """The person or the provider said no: cancelled, rejected, timed out.

    `transaction` is what they said no to, where the answer came as a callback, and
    `reason` how, in the word that whoever began is told.
    """

    def __init__(
        self, message: str, *, transaction: str | None = None, reason: No = "declined"
    ) -> None:
        super().__init__(message)
        self.transaction = transaction
        self.reason = reason


class CodeNeeded(IdentityError):
    """The person came back in another browser: the code they were shown there is needed."""


class NotAgreed(IdentityError):
    """What was asked is not what this partner and we agreed on; the message says what."""

    reason = "not_agreed"


class KeyMissing(IdentityError):
    """We have no key that may sign this now."""

    reason = "no_key"


class ProviderUnavailable(IdentityError):
    """The provider or partner could not be reached, or answered nonsense.

    `retry_after` is in seconds, where it is known when asking again makes sense.
    """

    reason = "unavailable"

    def __init__(self, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
