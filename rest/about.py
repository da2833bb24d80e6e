"""Whose data an answer holds, where they are not the caller's own.

What keeps answers seals them under that person's key, so that they go with the person.
"""

from typing import Final

from aiohttp import web

ABOUT: Final = web.RequestKey("about", str)
