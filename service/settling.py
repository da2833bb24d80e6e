"""How a server's process shares the interpreter, once everything is open.

Views and the writer have threads of their own beside the loop that answers. What
was loaded at the start stays, so looking through it for garbage is in vain.
"""

import gc
import sys
from typing import Final

from aiohttp import web

TURN: Final = 0.001
"""Seconds for which another thread may keep the loop waiting."""

_YOUNG: Final = 10_000


async def settle(app: web.Application) -> None:
    """Meant for `on_startup` of the one application of a process."""
    del app
    sys.setswitchinterval(TURN)
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG)
