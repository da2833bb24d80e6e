"""Requests that cannot even be read, as the log tells of them: by their kind alone.

The server's own line would quote the beginning of what was sent, and that may be a
callback with its code.
"""

import logging

from service.logs import SAFE

_SERVER = logging.getLogger("aiohttp.server")


def tell_kinds_only() -> None:
    """Let the server's log quote nothing that was sent, from now on."""
    _SERVER.addFilter(_kind_only)


def _kind_only(record: logging.LogRecord) -> bool:
    if record.exc_info and record.exc_info[0] is not None:
        record.msg, record.args = "a request was not served: %s", (record.exc_info[0].__name__,)
        record.exc_info, record.exc_text = None, None
        setattr(record, SAFE, True)
    return True
