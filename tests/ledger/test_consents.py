"""Consents: given to the words there are, withdrawn as easily, and found by what needs them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as replaced

from ledger.actor import Actor, Channel, Role
from ledger.catalogue import EVIDENCE_REUSE, HAND_OVER, PERMIT_BINDING, load_purposes
from ledger.consent import fold_consents, named_in, naming, standing_for
from ledger.consent_commands import ConsentCommand, WithdrawConsent
from ledger.consent_events import consents_id
from ledger.consents import Consents
from ledger.draft import nothing
from ledger.entry import Entry
from ledger.errors import CommandRejected, NotAllowed
from ledger.rules.consents import decide_consent, law_of
from ledger.subject_commands import RestrictSubject
from ledger.subject_events import Standing
from ledger.subjects import Subjects
from tests.ledger.cases import AGENT, APPLICANT, CLERK
from tests.ledger.consenting import asking
from tests.ledger.examples import EXAMPLES
from tests.ledger.ledgers import check_log, opened

PURPOSES = load_purposes()
TO_GX = asking(PURPOSES, recipient="CN-GX")
PERSON = replace(APPLICANT, id="subject:1", principal="subject:1")
AT_WINDOW = Actor(
    role=Role.AGENT,
    id="clerk-7",
    principal=PERSON.principal,
    channel=Channel.WINDOW,
    authority="gd.shops",
)


@pytest.fixture
def ledger(tmp_path, clock):
    ledger = opened(f"file:{tmp_path.name}?mode=memory&cache=shared", clock)
    yield ledger
    check_log(ledger)


@pytest.fixture
def consents(ledger):
    return Consents(ledger)


def test_a_consent_says_what_to_in_which_words_and_how(consents, ledger):
    given = consents.give(TO_GX, PERSON)

    assert consents.of(PERSON.principal) == [given]
    assert (given.purpose, given.recipient) == (HAND_OVER, "CN-GX")
    assert given.categories == PURPOSES[HAND_OVER].categories
    assert (given.how, given.witness, given.stands) == ("session", None, True)
    [entry] = ledger.entries(consents_id(PERSON.principal))
    assert (entry.actor, entry.subject) == (PERSON, PERSON.principal)
    assert entry.legal_basis == "Personal Information Protection Law art. 14"


def test_one_told_at_a_window_names_the_clerk_as_its_witness(consents):
    given = consents.give(TO_GX, AT_WINDOW)

    assert (given.how, given.witness) == ("window", "clerk-7")


def test_withdrawn_it_stands_no_more_and_stays_on_record(consents):
    given = consents.give(TO_GX, AT_WINDOW)

    withdrawn = consents.give(WithdrawConsent(consent=given.id), PERSON)

    assert not withdrawn.stands
    assert consents.of(PERSON.principal) == [withdrawn]
    assert standing_for(consents.of(PERSON.principal), HAND_OVER, "CN-GX") is None


def test_what_stands_is_not_given_twice_nor_what_was_withdrawn_taken_back_twice(
    consents, ledger
):
    given = consents.give(TO_GX, PERSON)
    again = consents.give(asking(PURPOSES, recipient="CN-GX", n=2), PERSON)
    first = consents.give(WithdrawConsent(consent=given.id), PERSON)
    second = consents.give(WithdrawConsent(consent=given.id), PERSON)

    assert again == given
    assert first == second
    assert len(ledger.entries(consents_id(PERSON.principal))) == 2


def test_the_same_sent_again_after_its_withdrawal_does_not_bring_it_back(consents):
    given = consents.give(TO_GX, PERSON)
    withdrawn = consents.give(WithdrawConsent(consent=given.id), PERSON)

    assert consents.give(TO_GX, PERSON) == withdrawn
    assert consents.of(PERSON.principal) == [withdrawn]


def test_after_a_withdrawal_it_may_be_given_anew(consents):
    given = consents.give(TO_GX, PERSON)
    consents.give(WithdrawConsent(consent=given.id), PERSON)

    anew = consents.give(asking(PURPOSES, recipient="CN-GX", n=2), PERSON)

    assert anew.id != given.id
    assert standing_for(consents.of(PERSON.principal), HAND_OVER, "CN-GX") == anew


@pytest.mark.parametrize(
    ("command", "says"),
    [
        pytest.param(replace(TO_GX, purpose="marketing"), "^purpose: ", id="no purpose"),
        pytest.param(replace(TO_GX, purpose=PERMIT_BINDING), "^purpose: ", id="elsewhere"),
        pytest.param(replace(TO_GX, recipient=None), "^recipient: name", id="for nobody"),
        pytest.param(
            replace(asking(PURPOSES, EVIDENCE_REUSE), recipient="CN-GX"),
            "^recipient: leave",
            id="for somebody it has not",
        ),
        pytest.param(replace(TO_GX, digest="0" * 64), "^digest: ", id="other words"),
        pytest.param(replace(TO_GX, wording=2), "^digest: ", id="another version"),
        pytest.param(replace(TO_GX, language="en"), "^digest: ", id="another language"),
        pytest.param(WithdrawConsent(consent=TO_GX.consent), "no such", id="not given"),
    ],
)
def test_refused(consents, ledger, command, says):
    with pytest.raises(CommandRejected, match=says):
        consents.give(command, PERSON)

    assert ledger.entries(consents_id(PERSON.principal)) == []


def test_another_persons_consent_is_not_there_to_be_withdrawn(consents):
    given = consents.give(TO_GX, PERSON)
    other = replace(PERSON, id="subject:2", principal="subject:2")

    with pytest.raises(CommandRejected, match="no such consent"):
        consents.give(WithdrawConsent(consent=given.id), other)


@pytest.mark.parametrize(
    "actor",
    [
        pytest.param(CLERK, id="an office"),
        pytest.param(AGENT, id="an agent who is at no window"),
        pytest.param(replace(PERSON, principal="enterprise:1"), id="for an enterprise"),
    ],
)
def test_nobody_consents_for_somebody_else(actor):
    with pytest.raises(NotAllowed, match="the person themselves"):
        decide_consent(TO_GX, [], actor, PURPOSES, Standing.FREE)


def test_restricted_nothing_new_is_agreed_to_and_all_may_be_withdrawn(consents, ledger):
    given = consents.give(TO_GX, PERSON)
    operator = Actor(role=Role.OPERATOR, id="o", principal="o", channel=Channel.SYSTEM)
    Subjects(ledger).give(
        RestrictSubject(subject=PERSON.principal, basis="pipl-44"),
        operator,
        command_id=given.id,
        cases=nothing,
    )

    with pytest.raises(NotAllowed, match="restricted"):
        consents.give(asking(PURPOSES, recipient="CN-FJ"), PERSON)
    assert not consents.give(WithdrawConsent(consent=given.id), PERSON).stands


def test_a_law_that_rests_on_a_consent_names_it():
    law = law_of("consent", "CN-GX", lambda _purpose, _recipient: TO_GX.consent)

    assert named_in(law) == TO_GX.consent
    assert named_in(law_of("duty", "CN-GX", lambda *_: None)) is None
    assert named_in(None) is None


@given(st.uuids(), st.text())
def test_what_is_named_is_found_again(consent, law):
    assert named_in(naming(law.replace("(consent", ""), consent)) == consent


@given(st.lists(st.sampled_from(["give GX", "give FJ", "withdraw"]), max_size=12))
def test_at_most_one_consent_to_a_purpose_and_recipient_stands(asked):
    entries: list[Entry] = []
    for n, what in enumerate(asked):
        consents = fold_consents(entries)
        command: ConsentCommand = asking(PURPOSES, recipient=f"CN-{what[-2:]}", n=n)
        if what == "withdraw":
            if not consents:
                continue
            command = WithdrawConsent(consent=consents[-1].id)
        event = decide_consent(command, consents, PERSON, PURPOSES, Standing.FREE)
        if event is not None:
            entries.append(replaced(EXAMPLES["consent.given.v1"], event=event, actor=PERSON))

    standing = [(c.purpose, c.recipient) for c in fold_consents(entries) if c.stands]
    assert len(standing) == len(set(standing))
