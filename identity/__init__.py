"""Who someone is: tokens, trust and verification."""

from identity.answering import Answerer, Opened
from identity.asking import Answered, Asked, Asker, Question, commit_to_case
from identity.claim_forms import SKEW
from identity.claims import Assertion, Session, VerificationRequest
from identity.sealing import SealingKey
from identity.session import issue_session, read_session
from identity.trust import SEALING, Trust, decode_keys, encode_keys
from identity.verifier import ASSERTION, REQUEST, SESSION, Verified, Verifier

__all__ = [
    "ASSERTION",
    "REQUEST",
    "SEALING",
    "SESSION",
    "SKEW",
    "Answered",
    "Answerer",
    "Asked",
    "Asker",
    "Assertion",
    "Opened",
    "Question",
    "SealingKey",
    "Session",
    "Trust",
    "VerificationRequest",
    "Verified",
    "Verifier",
    "commit_to_case",
    "decode_keys",
    "encode_keys",
    "issue_session",
    "read_session",
]
