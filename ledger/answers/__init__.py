"""What the ledger answers over HTTP, as the types its answers are written from.

Most are typed dictionaries, so that nothing is made twice for them: a handler's answer
is checked against its type by mypy, documented by it, and read into it by the client.
An answer may grow; whoever reads one passes over what they do not know.
"""
