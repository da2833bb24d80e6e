"""Claims that are more than a number or a text, each with its form in CBOR.

They are read as strictly as the token around them: an extra item is refused.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from identity.claimset import MOMENT, Form, one_of, raw, refuse, text, whole
from identity.model import Answer, Assurance


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A sealed box, and the kid of the key that opens it."""

    kid: bytes
    box: bytes = field(repr=False)

    @classmethod
    def read(cls, value: Any) -> Self:
        if type(value) is not list or len(value) != 2:
            refuse("the sealed box is not a pair")
        return cls(kid=raw(8).read(value[0]), box=raw(48, 2048).read(value[1]))

    def write(self) -> list[bytes]:
        return [self.kid, self.box]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the home region answers: field by field, how surely, and from when."""

    verdict: Answer
    answers: dict[str, Answer]
    assurance: Assurance
    method: str
    checked_at: datetime
    source_as_of: datetime

    @classmethod
    def read(cls, value: Any) -> Self:
        if type(value) is not list or len(value) != 6:
            refuse("the result is not an array of six")
        verdict, answers, assurance, method, checked_at, source_as_of = value
        if type(answers) is not dict or not 0 < len(answers) <= 16:
            refuse("the answers are not a map")
        word = one_of(Answer)
        return cls(
            verdict=word.read(verdict),
            answers={text(64).read(name): word.read(a) for name, a in answers.items()},
            assurance=Assurance(whole(1, 3).read(assurance)),
            method=text(64).read(method),
            checked_at=MOMENT.read(checked_at),
            source_as_of=MOMENT.read(source_as_of),
        )

    def write(self) -> list[Any]:
        answers = {name: str(answer) for name, answer in self.answers.items()}
        times = [MOMENT.write(self.checked_at), MOMENT.write(self.source_as_of)]
        return [str(self.verdict), answers, int(self.assurance), self.method, *times]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReference:
    """Where a status list says whether a token was revoked (Token Status List, 6.1)."""

    index: int
    uri: str

    @classmethod
    def read(cls, value: Any) -> Self:
        inner = value.get("status_list") if type(value) is dict and len(value) == 1 else None
        if type(inner) is not dict or inner.keys() != {"idx", "uri"}:
            refuse("the status is not a reference to a status list")
        index = whole(0, 1 << 24).read(inner["idx"])
        return cls(index=index, uri=text(256).read(inner["uri"]))

    def write(self) -> dict[str, Any]:
        return {"status_list": {"idx": self.index, "uri": self.uri}}


SEALED = Form(Sealed.read, Sealed.write)
RESULT = Form(Result.read, Result.write)
STATUS = Form(StatusReference.read, StatusReference.write)
