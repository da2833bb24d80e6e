"""A callback, read: nothing of it is parsed before iAM Smart's own signature is checked.

Whether we began the transaction, asked for this kind of answer and had no other
before, is for the caller to say; here every well-made answer is read.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from cryptography.x509 import Certificate

from adapters.hk import wire
from adapters.hk.channel import declined
from adapters.hk.content_key import ContentKeys
from adapters.hk.contents import Content
from adapters.hk.options import Options
from adapters.hk.profile import claims
from adapters.hk.signature import check_signature, read_digest
from adapters.hk.wire import Credentials, Result, WireError, unbase64
from identity.errors import CallbackRefused
from identity.model import Profile, Signed, SteppedUp


class CallbackReader:
    """Reads what iAM Smart posts to one service."""

    def __init__(
        self,
        credentials: Credentials,
        options: Options,
        keys: ContentKeys,
        issuers: Sequence[Certificate],
        clock: Callable[[], datetime],
    ) -> None:
        self._credentials = credentials
        self._options = options
        self._keys = keys
        self._issuers = issuers
        self._clock = clock

    def read(self, headers: Mapping[str, str], body: bytes) -> Profile | SteppedUp | Signed:
        """Return the answer, or raise `CallbackRefused` or `VerificationDeclined`."""
        now = self._clock()
        try:
            # 1. It is no longer than such a message can be.
            if len(body) > wire.MAX_BODY:
                raise WireError("it is too long")

            # 2. iAM Smart signed these headers and this body for us, just now.
            wire.check(headers, body, self._credentials, now=now)

            # 3. Its content opens, with its own content key or one we hold.
            result = wire.decode(body, Result[str])
            content = wire.decode(self._keys.open(result), Content)

            # 4. It answers one transaction.
            transaction = content.business_id
            if not transaction or content.state not in (None, transaction):
                raise WireError("it does not name one transaction")

            # 5. The person agreed, and what they gave is well-formed.
            if result.code != wire.OK:
                raise declined(result.code, transaction)
            return self._answer(content, now)
        except WireError as error:
            raise CallbackRefused(f"iAM Smart's callback was refused: {error}") from error

    def _answer(self, content: Content, now: datetime) -> Profile | SteppedUp | Signed:
        known = claims(content)
        said = [content.is_passed is not None, content.hash_code is not None, bool(known)]
        if sum(said) > 1:
            raise WireError("it answers more than one question")
        if content.is_passed is not None:
            return self._stepped_up(content, now)
        if content.hash_code is not None:
            return self._signed(content, now)
        return Profile(transaction=content.business_id, claims=known)

    def _stepped_up(self, content: Content, now: datetime) -> SteppedUp:
        passed = content.is_passed
        if passed is not True and str(passed).lower() not in self._options.passed:
            raise declined("D40001", content.business_id)
        return SteppedUp(transaction=content.business_id, at=now)

    def _signed(self, content: Content, now: datetime) -> Signed:
        hash_code = content.hash_code or ""
        digest = read_digest(hash_code, self._options.hash_code)
        signature = unbase64(content.signature or "")
        check_signature(
            signature,
            unbase64(content.cert or ""),
            hash_code,
            digest=digest,
            covers=self._options.signature_covers,
            issuers=self._issuers,
            now=now,
        )
        return Signed(
            transaction=content.business_id, digest=digest, signature=signature, at=now
        )
