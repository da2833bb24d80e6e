"""Run where python-cwt is installed: `make`s envelopes of a payload, or `check`s some.

Reads JSON from standard input and writes JSON; it imports nothing of ours, and
python-cwt builds, signs, reads and verifies everything by itself.
"""

import json
import sys

from cwt import COSE, CWT, COSEKey  # type: ignore[import-not-found]


def key_of(given, *, private):
    """Return the COSE_Key of `given`, which has its members in hexadecimal."""
    members = {int(label): _member(value) for label, value in given.items()}
    if not private:
        members.pop(-4)
    return COSEKey.new(members)


def make(asked):
    """Return an envelope of each payload, with exactly the headers asked for."""
    made = []
    for each in asked:
        protected = {int(label): _member(value) for label, value in each["headers"].items()}
        key = key_of(each["key"], private=True)
        sign = COSE.new(deterministic_header=True).encode_and_sign
        made.append(sign(bytes.fromhex(each["payload"]), key, protected=protected).hex())
    return made


def check(asked):
    """Return the claims that python-cwt reads, time and all, or None where it refuses."""
    return [_checked(each) for each in asked]


def _checked(each):
    token, key = bytes.fromhex(each["token"]), key_of(each["key"], private=False)
    try:
        payload = COSE.new(verify_kid=True).decode(token, key)
        claims = CWT.new().decode(token, key)
    except Exception as refused:
        return {"refused": type(refused).__name__}
    return {"payload": payload.hex(), "issuer": claims[1], "audience": claims[3]}


def _member(value):
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value


if __name__ == "__main__":
    print(json.dumps({"make": make, "check": check}[sys.argv[1]](json.load(sys.stdin))))
