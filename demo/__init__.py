"""Demonstrations: one case across the border, and cases handed between three regions."""

import asyncio
import signal
from pathlib import Path

from demo.errors import DemoFailed
from demo.handing_over import hand_over
from demo.show import next_lines, timeline_lines
from demo.surroundings import home_of, service_with_simulators
from demo.three_regions import three_regions, until_witnessed
from demo.walk import Say, Walked, walk
from service.settings import Settings

__all__ = [
    "DemoFailed",
    "Walked",
    "demonstrate",
    "demonstrate_regions",
    "home_of",
    "service_with_simulators",
    "walk",
]


async def demonstrate(settings: Settings, *, port: int, stay: bool, say: Say) -> None:
    """Walk the case and tell it; with `stay`, go on serving until interrupted.

    Raises `DemoFailed` when a step does not do what it should.
    """
    home = settings.home
    async with service_with_simulators(settings, port) as url:
        walked = await walk(url, home_of(settings), say)
        say("")
        for line in timeline_lines(walked):
            say(line)
        if stay:
            say("")
            for line in next_lines(walked, home):
                say(line)
            say("")
            say(f"Serving at {url}, data in {home}; Ctrl-C stops it.")
            await _interrupted()


async def demonstrate_regions(folder: Path, *, stay: bool, say: Say) -> None:
    """Hand cases between three regions, and show that both sides agree.

    Raises `DemoFailed` when a step, or the agreement, does not hold.
    """
    async with three_regions(folder) as (guangdong, guangxi):
        await hand_over(guangdong, guangxi, say)
        await until_witnessed((guangdong, guangxi))
        for region in (guangdong, guangxi):
            say(f"\n{region.name} asks whether both sides agree: tongban agree")
            say((await region.command("agree")).rstrip())
        if stay:
            say(f"\nServing at {guangdong.url} and {guangxi.url}; Ctrl-C stops them.")
            await _interrupted()


async def _interrupted() -> None:
    stop = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    await stop.wait()
