"""Run where python-cwt is installed: says how many seconds it takes to verify some tokens.

It imports nothing of ours. Everything is verified once before it is timed.
"""

import json
import sys
from time import process_time

from cwt import CWT, COSEKey  # type: ignore[import-not-found]


def main() -> None:
    """Read a key and tokens from standard input, and print the seconds."""
    asked = json.load(sys.stdin)
    kid, x = (bytes.fromhex(asked["key"][name]) for name in ("kid", "x"))
    key = COSEKey.new({1: 1, -1: 6, 2: kid, 3: -19, -2: x})
    tokens = [bytes.fromhex(token) for token in asked["tokens"]]
    decode = CWT.new().decode
    for token in tokens:
        decode(token, key)
    start = process_time()
    for token in tokens:
        decode(token, key)
    print(process_time() - start)


if __name__ == "__main__":
    main()
