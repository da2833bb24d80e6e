"""What TOKENS says that a verifier refuses, point by point, and where it is shown.

A point is named as in the attacks; where the file has other words for it, they
stand beside it.
"""

NAMED: dict[str, str] = {
    "another tag": "",
    "98 on four items": "",
    "untagged": "",
    "61(18)": "",
    "nested": "",
    "trailing bytes": "",
    "indefinite lengths": "",
    "integers or lengths not shortest": "",
    "duplicate keys in headers": "",
    "duplicate keys in claims": "duplicate keys in headers or claims",
    "01 against 1801": "",
    "1, 1.0 and true": "",
    "protected `40` against `41a0`": "",
    "alg only unprotected": "",
    "two algs": "",
    "alg and key that differ": "",
    "alg as text": "",
    "crit unknown": "",
    "crit empty": "crit unknown, empty",
    "crit not an array": "empty, not an array",
    "crit naming an absent label": "naming an absent label",
    "kid wrong": "",
    "kid absent": "kid wrong, absent",
    "another issuer's": "",
    "kid of another length": "of another length",
    "injected unprotected labels": "",
    "exp as NaN": "",
    "infinity": "",
    "float": "",
    "bignum": "",
    "tag 1": "",
    "text": "",
    "boolean": "",
    "exp missing": "",
    "nbf or iat beyond skew": "",
    "aud as array": "",
    "prefix": "",
    "other case": "",
    "a request offered as an assertion": "",
    "other purpose": "other purpose, case or nonce",
    "other nonce": "other purpose, case or nonce",
    "used before": "",
    "twice at once from two processes": "",
    "after a restart": "",
    "S + L": "",
    "63 and 65 bytes": "",
    "small-order A or R": "",
    "non-canonical A": "",
    "395 other than 1 or unprotected": "",
    "no proof": "",
    "hashes not 32 bytes": "",
    "more than 63 steps": "",
    "index ≥ size": "",
    "consistency from size 0": "",
    "a path or payload changed by one bit": "",
    "depth": "",
    "declared lengths": "",
    "a status list that inflates without end": "",
    "hash-collision keys": "",
}

KINDS: list[tuple[str, tuple[str, str]]] = [
    ("ESP256 −9", ("alg and key that differ", "ESP256")),
    ("−7", ("alg and key that differ", "ES256")),
    ("Ed448", ("alg and key that differ", "Ed448")),
    ("HMAC over the public key", ("alg and key that differ", "HMAC over the public key")),
]
"""What TOKENS gives in brackets as examples of a point, each with its attack."""

JOINING = {
    *("Structure", "Headers", "Claims", "Replay", "Signatures", "Receipts", "Resources"),
    *("also", "or", "cti", "nonce"),
}
"""The families that TOKENS puts its points into, and what joins these."""

_RECEIPT = "ledger/transparency/test_receipt.py"
_MERKLE = "ledger/transparency/test_merkle.py"
_REPLAY = "service/test_replay.py"

ELSEWHERE: dict[str, list[tuple[str, str]]] = {
    "used before": [(_REPLAY, "a_request_is_answered_once")],
    "twice at once from two processes": [
        (_REPLAY, "of_copies_of_a_request_at_two_servers_at_once_one_is_answered")
    ],
    "after a restart": [(_REPLAY, "a_request_answered_before_a_restart_is_refused_after_it")],
    "395 other than 1 or unprotected": [
        (_RECEIPT, "another structure"),
        (_RECEIPT, "an unprotected structure"),
    ],
    "no proof": [(_RECEIPT, "no proof"), (_RECEIPT, "an empty path")],
    "hashes not 32 bytes": [(_RECEIPT, "a short hash"), (_RECEIPT, "a long hash")],
    "more than 63 steps": [(_RECEIPT, "64 steps")],
    "index ≥ size": [(_RECEIPT, "an index past the end")],
    "consistency from size 0": [
        (_MERKLE, "consistency_from_nothing_or_backwards_is_refused"),
    ],
    "a path or payload changed by one bit": [(_RECEIPT, "one_flipped_bit_is_refused")],
}
