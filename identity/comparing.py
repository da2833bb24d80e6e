"""What a register answers about what is believed of somebody, field by field.

Somebody unknown is answered like somebody different, so that no answer tells
whether a register knows a number.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from identity.documents import normalised
from identity.model import Answer
from identity.names import compare_names


def compare_fields(
    believed: Mapping[str, str], held: Mapping[str, str] | None, fields: Iterable[str]
) -> dict[str, Answer]:
    """Compare each of `fields` with what is held of the person, or of nobody.

    A field that is not believed, not held or not known here is not comparable.
    """
    return {name: _compare(name, believed, held) for name in fields}


def confirms(answers: Mapping[str, Answer], *needed: str) -> bool:
    """Tell whether a person is confirmed: what is needed matches, and so does a name.

    A name that could not be compared, or only in part, does not count against them.
    """
    names = [answers.get(name) for name in _NAMES]
    return (
        all(answers.get(name) is Answer.MATCH for name in needed)
        and Answer.MATCH in names
        and Answer.NO_MATCH not in answers.values()
    )


def _compare(name: str, believed: Mapping[str, str], held: Mapping[str, str] | None) -> Answer:
    mine = believed.get(name)
    if mine is None or name not in _COMPARED or (held is not None and name not in held):
        return Answer.NOT_COMPARABLE
    return _COMPARED[name](mine, None if held is None else held[name])


def _exactly(believed: str, held: str | None) -> Answer:
    same = believed and held is not None and normalised(believed) == normalised(held)
    return Answer.MATCH if same else Answer.NO_MATCH


def _name(believed: str, held: str | None) -> Answer:
    # Nobody is called something else in characters, and in letters nothing at all.
    return compare_names(believed, f"{believed}一" if held is None else held)


_NAMES: Final = ("name_en", "name_zh")
_COMPARED: Final[Mapping[str, Callable[[str, str | None], Answer]]] = {
    **dict.fromkeys(("document_type", "document_number", "birth_date", "gender"), _exactly),
    **dict.fromkeys(_NAMES, _name),
}
