"""What must hold of a log whose process was killed.

What was answered is there once, where it was said to be; what was not is there
as a whole or not at all; and whoever asks again gets the first answer.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from random import Random
from uuid import UUID

import pytest

from ledger.application import Ledger
from ledger.audit import audit
from ledger.entry import Entry
from ledger.errors import CommandReused
from ledger.history_events import FactRecorded
from ledger.importing.deliveries import deliver
from ledger.opening import all_views
from ledger.projections.follower import Follower
from tests.torture.acknowledged import Acknowledged, read_acknowledged
from tests.torture.asking import asks, cases
from tests.torture.delivery import CASES, FACTS, MAPPING, register, write_log
from tests.torture.plan import Life
from tests.torture.store import Store
from tests.torture.work import MOST_CASES

_ASKED_AGAIN = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was looked at; `unanswered` was committed, and the kill came before the answer."""

    entries: int
    acknowledged: int
    unanswered: int


def inspect(store: Store, lived: Sequence[Life], answers: Path) -> Found:
    """Open the log anew after lives at one time, and look at all of it.

    Raises `AssertionError`.
    """
    told = list(read_acknowledged(answers))
    with store.opened() as ledger:
        entries = list(ledger.read(0))
        _look_at_answers(entries, told)
        done = _look_at_cases(entries)
        _look_at_keys(ledger, entries)
        look_at_everything(ledger, store)
        for life in lived:
            _ask_again(ledger, told, life)
            _finish(ledger, life, done)
            if life.imports:
                _import_again(ledger, store, life)
        look_at_everything(ledger, store)
        opened = {case_id for life in lived for case_id in _cases(life)}
        answered = sum(each.case_id in opened for each in told)
        committed = sum(done[case_id] for case_id in opened & done.keys())
        return Found(
            entries=len(entries), acknowledged=answered, unanswered=committed - answered
        )


def _look_at_answers(entries: Sequence[Entry], told: Sequence[Acknowledged]) -> None:
    for each in told:
        assert each.position <= len(entries), f"position {each.position} was lost"
        entry = entries[each.position - 1]
        found = (entry.position, entry.stream, entry.version, entry.name)
        adds = asks(each.case_id)[each.step].adds[-1]
        wanted = (each.position, each.case_id, each.version, adds)
        assert found == wanted, f"{found} stands where {wanted} was acknowledged"


def _look_at_cases(entries: Sequence[Entry]) -> dict[UUID, int]:
    """Return how many whole steps of each case are there."""
    names = defaultdict[UUID, list[str]](list)
    for entry in entries:
        if entry.item is not None:
            names[entry.stream].append(entry.name)
    return {case_id: _steps(case_id, found) for case_id, found in names.items()}


def _steps(case_id: UUID, found: list[str]) -> int:
    whole = [list(there) for there in accumulate(ask.adds for ask in asks(case_id))]
    assert found in whole, f"{case_id} is half there, or twice: {found}"
    return whole.index(found) + 1


def _look_at_keys(ledger: Ledger, entries: Sequence[Entry]) -> None:
    """Each command has its key, each text used once has one, and a case has no others."""
    spans = ledger.recorder.rows("SELECT first_position, last_position FROM once_keys")
    of_cases = {entry.position for entry in entries if entry.item is not None}
    found = Counter((first, last) for first, last in spans if last in of_cases)
    wanted = Counter[tuple[int, int]]()
    for entry in entries:
        if entry.item is not None and entry.version > 1:
            opening = entry.version == 2
            wanted[entry.position - opening, entry.position] += 1 + opening
    assert found == wanted, f"one-time keys that differ: {found - wanted}, {wanted - found}"


def look_at_everything(ledger: Ledger, store: Store) -> None:
    """Bring the views up to the log and audit it, as `tongban verify` does."""
    views = all_views(ledger)
    with closing(Follower(ledger, store.views, views)) as follower:
        follower.catch_up()
    found = audit(ledger, store.views, views)
    assert found.wrong == (), found.wrong
    ledger.published.catch_up()
    head = ledger.published.signed_head()
    assert head is not None
    assert head.size == ledger.head


def _ask_again(ledger: Ledger, told: Sequence[Acknowledged], life: Life) -> None:
    """Whoever was answered gets the first answer; another body is refused."""
    head = ledger.head
    for each in Random(life.number).sample(told, min(len(told), _ASKED_AGAIN)):
        ask = asks(each.case_id)[each.step]
        again = ask.of(ledger)
        assert (again.case.version, again.position) == (each.version, each.position)
        other = asks(each.case_id)[ask.step - 1].command
        with pytest.raises(CommandReused):
            replace(ask, command=other).of(ledger)
    assert ledger.head == head, "a command given again was carried out again"


def _cases(life: Life) -> Iterator[UUID]:
    for client in range(life.clients):
        yield from cases(life, client, MOST_CASES // life.clients)


def _finish(ledger: Ledger, life: Life, done: dict[UUID, int]) -> None:
    """Whoever was not answered asks again, from the first step of the case."""
    for client in range(life.clients):
        for case_id in cases(life, client, MOST_CASES // life.clients):
            if done.get(case_id, 0) < len(asks(case_id)):
                for ask in asks(case_id):
                    ask.of(ledger)
                assert _steps(case_id, [e.name for e in ledger.entries(case_id)]) == 6
                break


def _import_again(ledger: Ledger, store: Store, life: Life) -> None:
    """The import goes on where it was; every fact of it is there once."""
    path = write_log(store.folder, life)
    done = deliver(ledger, path, mapping=MAPPING, register=register(life))
    assert (done.new + done.same, done.conflicting) == (CASES * len(FACTS), 0)
    facts = [
        entry.stream
        for entry in ledger.read(0)
        if isinstance(entry.event, FactRecorded) and entry.actor.principal == register(life)
    ]
    assert len(facts) == CASES * len(FACTS)
    assert len(set(facts)) == CASES
