"""Letters under way to one subscriber: those of a case wait for each other, cases do not."""

from collections import deque
from collections.abc import Iterator, Set
from uuid import UUID

from service.webhooks.waiting import Letter


class Queues:
    """The letters that were read from the log, by case and in its order."""

    def __init__(self) -> None:
        self._cases: dict[UUID, deque[Letter]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._cases.values()))

    @property
    def cases(self) -> Set[UUID]:
        """Which cases there are letters of."""
        return self._cases.keys()

    @property
    def positions(self) -> Iterator[int]:
        """Where in the log the letters stand."""
        return (letter.position for letters in self._cases.values() for letter in letters)

    def of(self, case: UUID) -> deque[Letter]:
        """Return the letters of `case`, the one under way first."""
        return self._cases[case]

    def add(self, letter: Letter) -> None:
        """Put `letter` behind the one under way, where the log has it."""
        letters = self._cases.setdefault(letter.case, deque())
        letters.append(letter)
        if len(letters) > 1 and letters[-2].position > letter.position:
            # What was given up once goes before what came after it, but for the one under way.
            first, *others = letters
            letters.clear()
            letters.extend([first, *sorted(others, key=lambda each: each.position)])

    def drop(self, case: UUID) -> None:
        """Forget `case`, of which nothing is left."""
        del self._cases[case]
