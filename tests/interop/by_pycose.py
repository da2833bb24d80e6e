"""Run where pycose is installed: `make`s envelopes of a payload, or `check`s some.

pycose knows -8 and -7 alone, and no `typ`, so that header is one of
its own making here. It pops from arrays that cbor2 6 makes tuples of: cbor2 5 it is.
"""

import json
import sys

from pycose.headers import CoseHeaderAttribute  # type: ignore[import-not-found]
from pycose.keys import CoseKey  # type: ignore[import-not-found]
from pycose.messages import CoseMessage, Sign1Message  # type: ignore[import-not-found]


@CoseHeaderAttribute.register_attribute()
class Typ(CoseHeaderAttribute):  # type: ignore[misc]
    """RFC 9596, which pycose does not have."""

    identifier = 16
    fullname = "TYP"


def make(asked):
    """Return an envelope of each payload, with exactly the headers asked for."""
    made = []
    for each in asked:
        protected = {int(label): _member(value) for label, value in each["headers"].items()}
        message = Sign1Message(phdr=protected, payload=bytes.fromhex(each["payload"]))
        message.key = _key_of(each["key"], private=True)
        made.append(message.encode().hex())
    return made


def check(asked):
    """Return the payload that pycose reads and verifies, or None where it does not."""
    return [_checked(each) for each in asked]


def _checked(each):
    try:
        message = CoseMessage.decode(bytes.fromhex(each["token"]))
        message.key = _key_of(each["key"], private=False)
        if not message.verify_signature():
            return {"refused": "signature"}
    except Exception as refused:
        return {"refused": type(refused).__name__}
    return {"payload": message.payload.hex()}


def _key_of(given, *, private):
    members = {int(label): _member(value) for label, value in given.items()}
    if not private:
        members.pop(-4)
    return CoseKey.from_dict(members)


def _member(value):
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value


if __name__ == "__main__":
    print(json.dumps({"make": make, "check": check}[sys.argv[1]](json.load(sys.stdin))))
