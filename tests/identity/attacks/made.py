"""How the attacks were made: `python -m tests.identity.attacks.made` writes the files anew.

Each is bent in one respect and, where a signature is not what is attacked,
properly signed: so it is the step named with it that has to refuse it.
"""

import json
from pathlib import Path

from tests.identity.attacks import claims, headers, resources, signatures, structure
from tests.identity.attacks.parties import GOOD_ASSERTION, GOOD_LIST, GOOD_REQUEST, KEY_SET
from tests.identity.attacks.raw import Attack

FOLDER = Path(__file__).parent
FAMILIES = {
    "structure": structure.ATTACKS,
    "headers": headers.ATTACKS,
    "claims": claims.ATTACKS,
    "signatures": signatures.ATTACKS,
    "resources": resources.ATTACKS,
}
GOOD = {
    "request": GOOD_REQUEST,
    "assertion": GOOD_ASSERTION,
    "status list": GOOD_LIST,
    "key set": KEY_SET,
}
"""What is attacked, untouched."""


def written(family: str) -> str:
    """Return the file of a family, as it is kept."""
    told = [
        {
            "of": each.of,
            "name": each.name,
            "attack": each.attack,
            "on": each.on,
            "step": each.step,
            "token": each.token.hex(),
        }
        for each in FAMILIES[family]
    ]
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def kept(family: str) -> list[Attack]:
    """Return the attacks of a family as they are kept."""
    told = json.loads((FOLDER / f"{family}.json").read_text())
    return [Attack(**{**each, "token": bytes.fromhex(each["token"])}) for each in told]


if __name__ == "__main__":
    for name in FAMILIES:
        (FOLDER / f"{name}.json").write_text(written(name))
