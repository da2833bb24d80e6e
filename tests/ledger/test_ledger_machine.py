"""Whatever is done in whatever order, the ledger answers and holds what a model says.

`pytest --hypothesis-profile=long tests/ledger/test_ledger_machine.py` goes on
for longer.
"""

import tempfile
from collections import Counter
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from uuid import UUID, uuid5

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ledger.actor import Actor, Channel, Role
from ledger.application import Appended, Ledger
from ledger.audit import audit
from ledger.erasure import Eraser
from ledger.errors import CommandRejected, LedgerError
from ledger.history import History
from ledger.history_events import history_id
from ledger.home import Home
from ledger.importing.deliveries import deliver
from ledger.opening import all_views, open_ledger
from ledger.projections.follower import Follower, rebuild
from ledger.queries import Queries
from ledger.stores import MaterialStore
from ledger.subject_commands import EraseSubject, LiftRestriction, RestrictSubject
from ledger.subject_events import Standing
from ledger.subjects import Subjects
from tests.ledger.cases import VERIFIED, applicant, assured
from tests.ledger.fakes import Dice
from tests.ledger.importing.logs import event, log, mapping, trace, written
from tests.ledger.ledgers import SetClock, check_log
from tests.ledger.machine_model import Answer, Model
from tests.torture.asking import Ask, asks

_NAMES = UUID("d1f3ad0a-7c0b-4d3a-9d0e-0c3f5c0d7e55")
_SECONDS = 10
_MAPPING = mapping()
_CASES = [uuid5(_NAMES, str(number)) for number in range(4)]
_PERSONS = [applicant(f"applicant-{number}") for number in range(2)]
_OPERATOR = Actor(
    role=Role.OPERATOR, id="operator-1", principal="operator", channel=Channel.SYSTEM
)
_LAST = len(asks(_CASES[0])) - 1

requests = st.fixed_dictionaries(
    {
        "case": st.sampled_from(_CASES),
        "ahead": st.sampled_from([0] * 6 + [-1, 1, -2, 3]),
        "number": st.integers(0, 99),
        "expected": st.sampled_from([None] * 6 + [0, 0, 1, -1]),
        "text": st.sampled_from([None] * 4 + ["a", "b", "c", "d", "e", "f"]),
    }
)
logs = st.dictionaries(
    st.integers(0, 3), st.lists(st.integers(0, 3), min_size=1, max_size=3), min_size=1
)


class LedgerMachine(RuleBasedStateMachine):
    """A home of its own, opened as the service opens it, and the model beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.home = Home(Path(self.folder.name) / "home", Dice())
        self.clock, self.random = SetClock(), Dice()
        self.model = Model()
        self.numbers = count(1)
        self.given: list[tuple[Ask, UUID]] = []
        self.open()

    def open(self) -> None:
        self.ledger: Ledger = open_ledger(self.home, clock=self.clock, random=self.random)
        self.ledger.published.catch_up()
        self.follower = Follower(self.ledger, self.home.views, all_views(self.ledger))

    def close(self) -> None:
        self.follower.close()
        self.ledger.close()

    @rule(asked=st.lists(requests, min_size=1, max_size=6))
    def ask_together(self, asked):
        answers = [self.put(**each) for each in asked]
        for wanted, answer in answers:
            assert told(answer) == wanted

    @precondition(lambda self: self.given)
    @rule(number=st.integers(0, 99))
    def ask_again(self, number):
        ask, command_id = self.given[number % len(self.given)]
        wanted = self.model.ask(ask, command_id, expected=None, text=None)
        assert isinstance(wanted, Answer)

        assert told(self.submit(ask, command_id)) == wanted

    @rule(register=st.sampled_from(["town", "port"]), content=logs)
    def deliver(self, register, content):
        traces = (
            trace(str(case), *(event("apply", f"2024-05-01T1{h}:00:00Z") for h in hours))
            for case, hours in content.items()
        )
        path = written(Path(self.folder.name), log(*traces))
        wanted = self.model.deliver(register, content)

        done = deliver(self.ledger, path, mapping=_MAPPING, register=register)

        assert (done.new, done.same, done.conflicting) == wanted

    @precondition(lambda self: self.model.subjects)
    @rule(case=st.sampled_from(_CASES))
    def close_case(self, case):
        for ahead in range(self.model.done.get(case, 0), _LAST + 1):
            wanted, answer = self.put(case, 0, 99, None, None)
            assert told(answer) == wanted, ahead

    @precondition(lambda self: self.model.subjects)
    @rule(
        person=st.sampled_from([person.principal for person in _PERSONS]),
        ask=st.sampled_from([RestrictSubject, RestrictSubject, LiftRestriction, EraseSubject]),
    )
    def change_how_a_person_stands(self, person, ask):
        basis = {} if ask is LiftRestriction else {"basis": "pipl-47"}
        command = ask(subject=person, **basis)
        cases = [case for case, whose in self.model.subjects.items() if whose == person]
        accepted = self.model.change(command)
        command_id = uuid5(_NAMES, f"about persons {next(self.numbers)}")
        with nullcontext() if accepted else pytest.raises(CommandRejected):
            Subjects(self.ledger).give(
                command, _OPERATOR, command_id=command_id, cases=lambda _: cases
            )
        materials = MaterialStore(self.home.materials, self.ledger.keys, self.random)
        views = all_views(self.ledger)
        Eraser(self.ledger, materials, self.home.views, views).finish()
        standing = self.model.standing(person)
        assert self.ledger.standing(person) is standing
        if standing is Standing.ERASED:
            assert self.ledger.keys.key(person) is None

    @rule()
    def restart(self):
        self.close()
        self.open()

    @rule(view=st.integers(0, 9))
    def rebuild(self, view):
        views = all_views(self.ledger)
        rebuild(self.ledger, self.home.views, views[view % len(views)])

    @rule()
    def follow(self):
        assert self.follower.catch_up() == self.model.head

    @rule(minutes=st.integers(-9, 9))
    def set_the_clock(self, minutes):
        self.clock.now += timedelta(minutes=minutes)

    @invariant()
    def nothing_else_was_written(self):
        assert self.ledger.head == self.model.head

    def teardown(self):
        self.follower.catch_up()
        check_log(self.ledger)
        self.look_at_cases()
        self.look_at_registers()
        assert audit(self.ledger, self.home.views, all_views(self.ledger)).wrong == ()
        self.close()
        self.folder.cleanup()

    def look_at_cases(self):
        for case_id, names in self.model.names.items():
            assert [entry.name for entry in self.ledger.entries(case_id)] == names

    def look_at_registers(self):
        queries = Queries(self.ledger, self.home.views)
        for register, cases in self.model.facts.items():
            assert set(queries.numbers(register)) == {str(case) for case in cases}
            for case, hours in cases.items():
                history, _ = queries.replay(history_id(register, str(case)))
                assert isinstance(history, History)
                found = Counter(fact.occurred_at.hour - 10 for fact in history.facts)
                assert found == hours

    def put(self, case, ahead, number, expected, text):
        """Submit what was drawn; return the answer that is right, and the one to come."""
        step = min(max(self.model.done.get(case, 0) + ahead, 0), _LAST)
        ask = asks(case, _PERSONS[_CASES.index(case) % 2])[step]
        command_id = uuid5(_NAMES, f"id {min(number, len(self.given))}")
        if expected is not None:
            expected += len(self.model.names.get(case, []))
        wanted = self.model.ask(ask, command_id, expected=expected, text=text)
        if isinstance(wanted, Answer):
            self.given.append((ask, command_id))
        once = [] if text is None else [text]
        return wanted, self.submit(ask, command_id, expected_version=expected, once=once)

    def submit(self, ask: Ask, command_id: UUID, **more) -> Future[Appended]:
        verified = replace(VERIFIED, assured=assured(self.ledger.now()))
        return self.ledger.submit(
            ask.command, ask.actor, command_id=command_id, verified=verified, **more
        )


def told(answer: Future[Appended]) -> Answer | type[LedgerError]:
    """What was answered, as the model would say it."""
    try:
        appended = answer.result(_SECONDS)
    except LedgerError as error:
        return type(error)
    return Answer(version=appended.case.version, position=appended.position)


TestLedgerMachine = LedgerMachine.TestCase
if settings.get_current_profile_name() != "long":
    TestLedgerMachine.settings = settings(max_examples=25, stateful_step_count=30)
