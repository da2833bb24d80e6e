"""One made-up entry of every event there is, with everything filled in that can be.

They are what the golden bytes hold: a new event needs an example here, and an
old one is never changed.
"""

from datetime import UTC, date, datetime
from uuid import UUID, uuid5

from ledger.actor import Actor, Channel, Role
from ledger.assurance import Assured
from ledger.binding_events import (
    BindingConsented,
    BindingLinked,
    BindingRefused,
    BindingUnlinked,
)
from ledger.calendar import Deadline
from ledger.code_events import CodeIssued
from ledger.consent_events import ConsentGiven, ConsentWithdrawn
from ledger.contact_events import ContactGiven, ContactWithdrawn
from ledger.entry import EVENT_NAMES, Entry, Event
from ledger.events import (
    AcceptanceDeemed,
    AcceptedWithTolerance,
    ApplicantVerified,
    ApplicationAccepted,
    ApplicationReceived,
    ApplicationWithdrawn,
    CaseClosed,
    CaseFollowed,
    CaseGranted,
    CaseRefused,
    CaseReviewed,
    CommitmentSigned,
    CorrectionRequested,
    CorrectionSubmitted,
    DeadlineRecomputed,
    DecisionServed,
    DeferredMaterial,
    GrantedOnCommitment,
    JointOpinionReceived,
    JointReviewRequested,
    JointReviewWithdrawn,
    NotRequired,
    RejectedAtIntake,
    SupplementSubmitted,
    ToleranceLapsed,
)
from ledger.handover_events import (
    Duties,
    HandoverBegun,
    HandoverCorrected,
    HandoverProgressed,
    HandoverRefused,
    HandoverSupplemented,
    OpinionGiven,
    ResultFollowed,
    ReviewReceived,
)
from ledger.history_events import (
    Attributes,
    DeliveryBegun,
    DeliveryFinished,
    FactRecorded,
    FactSuperseded,
    HistoryOpened,
    MappingRecorded,
)
from ledger.log_events import LogBegan, LogCosigned, LogForked, LogKeyEnrolled, LogKeyRetired
from ledger.mandate_events import MandateConfirmed, MandateRefused, MandateWithdrawn
from ledger.message_events import (
    MessageAcknowledged,
    MessageContradicted,
    MessageReceived,
    MessageSent,
    MessageUnsent,
)
from ledger.reading_events import PersonalRead
from ledger.region_events import PartnerKeysAccepted, RegionKeysPublished
from ledger.request_events import (
    RequestGranted,
    RequestMade,
    RequestOverdue,
    RequestRefused,
    RequestWithdrawn,
)
from ledger.retention_events import DataHeld, HoldReleased, RetentionEnded
from ledger.revocation_events import SessionEnded, SubjectSessionsEnded, TokenRevoked
from ledger.staff_key_events import StaffKeyIssued, StaffKeyRevoked
from ledger.subject_events import RestrictionLifted, SubjectErased, SubjectRestricted
from ledger.subscription_events import (
    DeliveryGivenUp,
    Redelivered,
    RedeliveryAsked,
    SubscriptionBegun,
    SubscriptionConfirmed,
    SubscriptionDisabled,
    SubscriptionEnded,
    SubscriptionKeyed,
    SubscriptionReached,
    SubscriptionSecretRenewed,
)
from ledger.transfer_events import TransferRecorded
from ledger.verification_events import (
    CodeMistaken,
    DocumentSigned,
    TokenRefused,
    VerificationAnswered,
    VerificationAsked,
    VerificationAuthenticated,
    VerificationBegun,
    VerificationFailed,
    VerificationSucceeded,
)

STREAMS = UUID("0f0e0d0c-0b0a-4908-8706-050403020100")
SUBJECT = "subject-1"
NOON = datetime(2026, 2, 10, 4, 0, 0, 123456, tzinfo=UTC)
LATER = datetime(2027, 2, 10, 4, 0, tzinfo=UTC)
DUE = Deadline(
    due=date(2026, 2, 24),
    counted_from=date(2026, 2, 10),
    working_days=5,
    calendar="CN",
    version="CN 2025-11-04",
    provisional=False,
)
DIGESTS = {"plan": "ab" * 32}
FORM = {"name": "陈大文", "shop": "大文茶餐厅"}
ATTRIBUTES: Attributes = (
    ("concept:name", "string", "case-1", []),
    ("parts", "list", "", [["a", "int", "1", []]]),
)

ASSURED = Assured(
    level=3,
    bound_how="in_person",
    bound_by="CN-HK",
    authenticated_how="page",
    authenticated_at=NOON,
    bound_at=NOON,
    source_as_of=NOON,
)

EVENTS: list[Event] = [
    LogBegan(origin="log.example/1"),
    ApplicantVerified(
        verification=STREAMS,
        jurisdiction="CN-HK",
        method="iamsmart",
        assured=ASSURED,
    ),
    ApplicationReceived(
        authority="gd.shops",
        receipt="GD20260210-AAAA-BBBB",
        received_on=date(2026, 2, 10),
        intake_due=DUE,
        materials=("plan",),
        digests=DIGESTS,
        form=FORM,
    ),
    CorrectionRequested(materials=("plan",), due=DUE, deficiencies={"plan": "page 2"}),
    CorrectionSubmitted(
        received_on=date(2026, 2, 12),
        intake_due=DUE,
        materials=("plan",),
        digests=DIGESTS,
        form=FORM,
    ),
    ApplicationAccepted(decision_due=DUE, statutory_due=DUE),
    AcceptanceDeemed(decision_due=DUE, statutory_due=DUE),
    AcceptedWithTolerance(
        deferred=(
            DeferredMaterial(material="plan", form="original", due=DUE, consequence="lapse"),
        ),
        decision_due=DUE,
        statutory_due=DUE,
    ),
    RejectedAtIntake(competent_body="gd.other", remedies=("appeal",), reasons="elsewhere"),
    NotRequired(remedies=("appeal",), reasons="a stall"),
    CommitmentSigned(
        materials=("premises",),
        text_digest="cd" * 32,
        language="hant",
        verification=STREAMS,
        signature_digest="ef" * 32,
    ),
    SupplementSubmitted(materials=("plan",), digests=DIGESTS),
    ToleranceLapsed(materials=("plan",)),
    CaseReviewed(recommendation="grant", findings="in order"),
    CaseGranted(result="licence 1", serve_due=DUE),
    GrantedOnCommitment(result="licence 1", serve_due=DUE, commitments=("premises",)),
    CaseRefused(remedies=("appeal",), serve_due=DUE, reasons="unsafe"),
    DecisionServed(means="portal inbox"),
    CaseClosed(outcome="GRANTED"),
    ApplicationWithdrawn(reason="moving away"),
    DeadlineRecomputed(duty="intake", deadline=DUE),
    VerificationBegun(
        jurisdiction="CN-HK",
        method="iamsmart",
        scope="signing",
        purpose="apply",
        expires_at=NOON,
        claim_digest="ef" * 32,
        state_digest="89" * 32,
        browser_digest="ab" * 32,
        about=SUBJECT,
        case_id=STREAMS,
        document_digest="cd" * 32,
    ),
    VerificationAsked(
        region="CN-FJ",
        fields=("name",),
        legal_basis="PIPL 13(3)",
        nonce="01" * 16,
        case_commitment="01" * 32,
        request_digest="23" * 32,
        identifiers_digest="45" * 32,
        carried=True,
    ),
    VerificationAuthenticated(subject=SUBJECT, assured=ASSURED, same_browser=True),
    VerificationSucceeded(
        subject=SUBJECT,
        assured=ASSURED,
        claims={"name": "陈大文"},
        status=("https://gx.example/status/0", 7),
        assertion_digest="ab" * 32,
        assertion=b"a token",
        salt=b"s" * 16,
    ),
    DocumentSigned(
        subject=SUBJECT,
        assured=ASSURED,
        digest="cd" * 32,
        signature_digest="ef" * 32,
        signed_at=NOON,
        signature=b"signed",
    ),
    CodeMistaken(),
    VerificationFailed(reason="cancelled"),
    VerificationAnswered(
        region="CN-FJ",
        purpose="apply",
        case_commitment="01" * 32,
        request_digest="23" * 32,
        verdict="match",
        answers={"name": "match"},
        cti="67" * 16,
        digest="ab" * 32,
    ),
    TokenRefused(
        issuer="CN-GX", typ="application/pprd-idv+cwt", step="audience", digest="ab" * 32
    ),
    MappingRecorded(digest="45" * 32, document=b'{"facts":{}}'),
    DeliveryBegun(
        register="permits", number=1, log="permits.xes", sha256="67" * 32, mapping="45" * 32
    ),
    DeliveryFinished(
        number=1, sha256="67" * 32, mapping="45" * 32, cases=2, events=3, not_mentioned=0
    ),
    HistoryOpened(register="permits", number="case-1", attributes=ATTRIBUTES),
    FactRecorded(
        delivery=1,
        mapping="45" * 32,
        activity="apply",
        answer="True",
        fact="APPLIED",
        matched=(("dismissal", "G"),),
        attributes=ATTRIBUTES,
    ),
    FactSuperseded(delivery=2, mapping="45" * 32, version=2),
    SubjectRestricted(ground="pipl-47"),
    RestrictionLifted(),
    SubjectErased(ground="cap486-26"),
    LogKeyEnrolled(public_key=bytes(range(32)), algorithm=-19, not_before=NOON, expires=LATER),
    LogKeyRetired(public_key=bytes(range(32)), retired_at=LATER),
    LogCosigned(origin="log.example/2", size=9, root=bytes(range(32)), note=b"a note"),
    LogForked(
        origin="log.example/2",
        size=9,
        seen=b"one note",
        shown=b"another",
        root=b"r" * 32,
        path=(b"p" * 32,),
    ),
    TokenRevoked(list="0", index=7, reason="mistaken"),
    SessionEnded(session="ab" * 16, reason="logged-out", verification="cd" * 16),
    SubjectSessionsEnded(subject="subject-1", reason="compromised"),
    CodeIssued(
        case=STREAMS,
        case_version=5,
        cti="ab" * 8,
        salt=bytes(range(16)),
        result="granted",
        expires_at=LATER,
    ),
    CaseFollowed(
        region="CN-GX",
        mode="collect",
        handover=STREAMS,
        account="account-1",
        claims={"name_zh": "陈大文"},
    ),
    JointReviewRequested(
        review=STREAMS,
        region="CN-GX",
        authority="gx.shops",
        basis="duty",
        materials=("plan",),
        due=DUE,
        statutory_due=DUE,
        account="account-1",
        question="Is the plan yours?",
    ),
    JointOpinionReceived(
        review=STREAMS,
        region="CN-GX",
        recommendation="grant",
        materials=("plan",),
        findings="it is",
        digests=DIGESTS,
    ),
    JointReviewWithdrawn(review=STREAMS, region="CN-GX", reason="settled"),
    HandoverBegun(
        to="CN-GD",
        item="gd.shop-licence",
        window="gx.window",
        basis="duty",
        verification=STREAMS,
        jurisdiction="CN-GX",
        method="pprd",
        assured=ASSURED,
        duties=Duties(received_by="c-1", form_checked_by="c-2", identity_checked_by="c-1"),
        materials=("plan",),
        account="account-1",
        claims={"name_zh": "陈大文"},
        digests=DIGESTS,
        form=FORM,
    ),
    HandoverCorrected(materials=("plan",), digests=DIGESTS, form=FORM),
    HandoverSupplemented(materials=("plan",), digests=DIGESTS),
    HandoverProgressed(
        told="correction.requested.v1",
        status="CORRECTION_REQUESTED",
        version=3,
        receipt="GD20260210-AAAA-BBBB",
        occurred_at=NOON,
        materials=("plan",),
        due=date(2026, 2, 24),
        details={"plan": "page 2"},
    ),
    HandoverRefused(kind="application.forwarded", reason="the form is empty"),
    ReviewReceived(
        sender="CN-GD",
        review=STREAMS,
        case=STREAMS,
        item="gd.shop-licence",
        authority="gx.shops",
        basis="duty",
        jurisdiction="CN-GX",
        due=date(2026, 2, 24),
        materials=("plan",),
        question="Is the plan yours?",
        digests=DIGESTS,
    ),
    OpinionGiven(
        recommendation="grant", materials=("plan",), findings="it is", digests=DIGESTS
    ),
    ResultFollowed(sender="CN-GD", handover=STREAMS, item="gd.shop-licence"),
    MessageSent(
        to="CN-GD",
        sequence=1,
        kind="application.forwarded",
        about=STREAMS,
        cause=7,
        digest=bytes(range(32)),
        token=b"a token",
        materials=("ab" * 32,),
    ),
    MessageUnsent(to="CN-GD", kind="application.forwarded", about=STREAMS, cause=7),
    MessageAcknowledged(
        by="CN-GD",
        sequence=1,
        digest=bytes(range(32)),
        position=9,
        entry_digest=bytes(range(32)),
        receipt=b"a receipt",
    ),
    MessageReceived(
        sender="CN-GX",
        sequence=1,
        kind="application.forwarded",
        about=STREAMS,
        digest=bytes(range(32)),
        refused=True,
        entry_digest=bytes(range(32)),
        receipt=b"a receipt",
        token=b"a token",
        materials=("ab" * 32,),
        reason="the form is empty",
    ),
    MessageContradicted(
        sender="CN-GX",
        sequence=1,
        taken=bytes(range(32)),
        shown=bytes(32),
        entry_digest=bytes(range(32)),
        receipt=b"a receipt",
    ),
    RegionKeysPublished(serial=3, key_set=b"a key set"),
    PartnerKeysAccepted(region="CN-GX", root=bytes(range(32)), serial=3, key_set=b"a key set"),
    BindingConsented(
        binding=STREAMS, wording=1, language="zh-Hant", digest="12" * 32, permit="H12345678"
    ),
    BindingLinked(
        binding=STREAMS,
        answers={"name_zh": "match"},
        method="sample-permits",
        assurance=2,
        source_as_of=NOON,
    ),
    BindingRefused(binding=STREAMS, reason="no_match", answers={"name_zh": "no_match"}),
    BindingUnlinked(binding=STREAMS),
    MandateConfirmed(
        capacity="agent",
        scope=("gd.shop-licence",),
        until=date(2026, 3, 1),
        answers={"document_number": "match"},
        method="sample-enterprises",
        source_as_of=NOON,
        verification=STREAMS,
        document_type="unified_social_credit",
        number="91350100M000100Y43",
    ),
    MandateRefused(
        capacity="officer",
        reason="no_match",
        answers={"document_number": "no_match"},
        verification=STREAMS,
    ),
    MandateWithdrawn(person="subject:2"),
    TransferRecorded(
        contract="pan-prd-2026",
        recipient="CN-GX",
        categories=("document_number",),
        purpose="apply",
        basis="PIPL art. 13(1)(3)",
        cause="0f0e0d0c",
        sent_at=NOON,
    ),
    ConsentGiven(
        consent=STREAMS,
        purpose="partner-hand-over",
        categories=("identity", "form"),
        recipient="CN-GX",
        wording=1,
        language="zh-Hant",
        digest="ab" * 32,
        how="window",
    ),
    ConsentWithdrawn(consent=STREAMS, how="session"),
    RequestMade(
        kind="erasure",
        how="session",
        due=date(2026, 3, 12),
        ends_at=LATER,
        term="15 working days; Personal Information Protection Law art. 50",
        case=STREAMS,
        words="請刪除我的資料",
    ),
    RequestGranted(ground="pipl-47", reason="辦結"),
    RequestRefused(ground="pipl-47-retention", reason="保存期限未屆滿"),
    RequestWithdrawn(),
    RequestOverdue(due=date(2026, 3, 12)),
    DataHeld(hold=STREAMS, reason="litigation", until=date(2027, 3, 12)),
    HoldReleased(hold=STREAMS),
    RetentionEnded(
        last_day=date(2036, 12, 31),
        basis="a law",
        items=("gd.shop-licence",),
        erased_from=date(2037, 1, 30),
    ),
    PersonalRead(what="material:layout-plan", about=STREAMS, purpose="gd.shop-licence"),
    StaffKeyIssued(
        key="0011223344556677",
        digest=bytes(range(32)),
        holder="queue-system-3",
        role="clerk",
        authority="gd.shops",
        scopes=("read", "act"),
        expires_at=NOON,
    ),
    StaffKeyRevoked(key="0011223344556677", reason="leaked"),
    SubscriptionBegun(
        subscription=STREAMS,
        kinds=("case.granted.v1",),
        items=("gd.shop-licence",),
        cases=(STREAMS,),
        endpoint="https://receiver.example/hooks",
    ),
    SubscriptionKeyed(subscription=STREAMS, key="0011223344556677"),
    SubscriptionConfirmed(subscription=STREAMS),
    SubscriptionSecretRenewed(subscription=STREAMS, generation=2),
    SubscriptionReached(subscription=STREAMS, position=7),
    SubscriptionDisabled(subscription=STREAMS, reason="unreachable"),
    SubscriptionEnded(subscription=STREAMS),
    DeliveryGivenUp(
        subscription=STREAMS, position=7, case=STREAMS, tries=9, reason="status_500"
    ),
    RedeliveryAsked(subscription=STREAMS, positions=(7,)),
    Redelivered(subscription=STREAMS, position=7),
    ContactGiven(language="zh-Hant", address="chan@mail.example"),
    ContactWithdrawn(),
]


def example(event: Event) -> Entry:
    """The entry that holds `event` in the golden bytes."""
    return Entry(
        stream=uuid5(STREAMS, EVENT_NAMES[type(event)]),
        version=2,
        event=event,
        recorded_at=NOON,
        effective_at=datetime(2026, 2, 9, 16, 0, tzinfo=UTC),
        source_recorded_at=datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        actor=Actor(
            role=Role.REVIEWER,
            id="reviewer-1",
            principal="gd.shops",
            channel=Channel.WINDOW,
            authority="gd.shops",
        ),
        legal_basis="Licensing Law art. 32",
        item="gd.shop-licence",
        item_version=1,
        subject=SUBJECT,
    )


EXAMPLES = {EVENT_NAMES[type(event)]: example(event) for event in EVENTS}
