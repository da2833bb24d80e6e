"""Homes with cases, persons and materials in them, and what keeps and restores them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from ledger.actor import Actor, Channel, Role
from ledger.application import Ledger
from ledger.commands import SubmitApplication
from ledger.draft import nothing
from ledger.erasure import Eraser
from ledger.home import Home
from ledger.keeping import Drilled, Restored, Source, back_up, drill, restore
from ledger.opening import all_views, open_ledger
from ledger.projections.check import fold_digest
from ledger.projections.view import View
from ledger.standing_list import StandingList
from ledger.stores import MaterialStore
from ledger.subject_commands import EraseSubject, RestrictSubject, SubjectCommand
from ledger.subjects import Subjects
from tests.ledger.cases import APPLICANT, FORM, VERIFIED, files
from tests.ledger.fakes import Dice
from tests.ledger.ledgers import SetClock

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
_CASES = UUID("6c3a54b7-7f4e-4a53-9b0b-0c2f3c6d1e2f")
_OPERATOR = Actor(role=Role.OPERATOR, id="o-1", principal="o-1", channel=Channel.SYSTEM)


class Kept:
    """A home, its ledger, and a folder beside it for all that is made of both."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = Home(folder / "home", Dice())
        self.ledger = opening(self.home)
        self.materials = MaterialStore(self.home.materials, self.ledger.keys, Dice())
        self.list = StandingList(self.home.erasures)
        views = all_views(self.ledger)
        self.eraser = Eraser(
            self.ledger, self.materials, self.home.views, views, self.list.catch_up
        )
        self._numbers = 0

    def submit(self, subject: str) -> UUID:
        """Let `subject` open one more case."""
        self._numbers += 1
        case_id = uuid5(_CASES, str(self._numbers))
        command = SubmitApplication(
            case_id=case_id,
            item="gd.zhaoqing.food-operation-licence",
            form=FORM,
            materials=files("application-form"),
        )
        actor = replace(APPLICANT, id=subject, principal=subject)
        self.ledger.submit(command, actor, command_id=case_id, verified=VERIFIED).result()
        return case_id

    def upload(self, subject: str, content: bytes = PDF) -> str:
        """Put a material of `subject`."""

        async def chunks() -> AsyncIterator[bytes]:
            yield content

        digest = sha256(content).hexdigest()
        asyncio.run(self.materials.put(subject, chunks(), digest=digest))
        return digest

    def erase(self, subject: str) -> None:
        """Restrict `subject` and erase them, as if all their cases were over."""
        for command in (
            RestrictSubject(subject=subject, basis="pipl-47"),
            EraseSubject(subject=subject, basis="pipl-47"),
        ):
            self.give(command)
        self.eraser.finish()

    def give(self, command: SubjectCommand) -> None:
        command_id = uuid5(_CASES, f"{type(command).__name__} {command.subject}")
        Subjects(self.ledger).give(command, _OPERATOR, command_id=command_id, cases=nothing)

    def back_up(self, name: str = "backup", **options: Any) -> tuple[Path, Path]:
        """Return the folders of a new backup of all this, and of its keys."""
        self.ledger.published.sign_head()
        folder, keys = self.folder / name, self.folder / f"{name}-keys"
        source = Source(home=self.home, ledger=self.ledger, materials=self.home.materials)
        back_up(source, folder, keys, **options)
        return folder, keys

    def drill(self, made: tuple[Path, Path], **options: Any) -> Drilled:
        self.ledger.published.sign_head()
        return drill(
            *made,
            live=self.ledger,
            live_home=self.home,
            opening=opening,
            random=Dice(),
            **options,
        )

    def folded(self, view: View, position: int) -> str:
        """The digest of `view` as it is at `position` of the live log."""
        return fold_digest(self.ledger, view, position, lambda *_: None)

    def close(self) -> None:
        self.ledger.close()


def opening(home: Home) -> Ledger:
    return open_ledger(home, clock=SetClock(), random=Dice())


def restored(made: Sequence[Path], into: Path, **options: Any) -> Restored:
    folder, keys = made
    return restore(folder, keys, into, opening=opening, random=Dice(), **options)


def name_in(home: Path, case_id: UUID) -> list[object]:
    """What each entry of a case in `home` says of its form, opened."""
    with closing(opening(Home(home, Dice()))) as ledger:
        return [getattr(entry.event, "form", None) for entry in ledger.entries(case_id)]


def held_in(home: Path, subject: str) -> list[str]:
    """The digests of what is held of `subject` in `home`."""
    with closing(opening(Home(home, Dice()))) as ledger:
        return list(MaterialStore(home / "materials", ledger.keys, Dice()).digests(subject))
